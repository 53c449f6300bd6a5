import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { planFiles } from "./plan-files.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("planFiles", () => {
  test("normalizes and sorts paths", () => {
    const bytes = new Uint8Array([1]);
    const files = { "/b//c": "ü", "./a": bytes, "folder/": "", __proto__x: "", "b/.d": "" };
    expect(planFiles(files)).toEqual([
      ["__proto__x", text("")],
      ["a", bytes],
      ["b/.d", text("")],
      ["b/c", text("ü")],
      ["folder", null],
    ]);
  });

  test("a given folder may also contain files", () => {
    expect(planFiles({ "a/": "", "a/b": "" }).map(([path]) => path)).toEqual(["a", "a/b"]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["names no file", { "": "" }],
    ["names no file", { "/": "" }],
    ["names no file", { "./": "" }],
    ["out of the folder", { "../a": "" }],
    ["out of the folder", { "a/../../b": "" }],
    ["out of the folder", { "a/..": "" }],
    ["NUL", { "a\0": "" }],
    ["255 bytes", { ["ü".repeat(128)]: "" }],
    ["twice", { a: "", "/a": "" }],
    ["twice", { a: "", "a/": "" }],
    ["a is a file", { a: "", "a/b/c": "" }],
    ['takes the text ""', { "a/": "text" }],
    ["got a number", { a: 1 }],
  ])("%s: %j", (message, files) => {
    const plan = (): unknown => planFiles(files as Record<string, string>);
    expect(plan).toThrow(InvalidOptionError);
    expect(plan).toThrow(message);
  });
});
