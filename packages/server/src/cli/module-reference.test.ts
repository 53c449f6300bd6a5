import { describe, expect, test } from "vitest";
import { parseModuleReference } from "./module-reference.ts";

describe("parseModuleReference", () => {
  test.each([
    ["crawler:0.1.8", { name: "crawler", version: "0.1.8" }],
    ["a:b:1.0.0", { name: "a:b", version: "1.0.0" }],
  ])("reads %s", (text, reference) => {
    expect(parseModuleReference(text)).toEqual(reference);
  });

  test.each(["crawler", "crawler:", ":0.1.8", ""])("refuses %j", (text) => {
    expect(() => parseModuleReference(text)).toThrow("Expected MODULE:VERSION");
  });
});
