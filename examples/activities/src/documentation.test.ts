import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";

const guide = readFileSync(new URL("../../../docs/activities.md", import.meta.url), "utf8");
const codeBlocks = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
const sources = readdirSync(new URL("./", import.meta.url))
  .filter((name) => name.endsWith(".ts") && name !== "documentation.test.ts")
  .map((name) => readFileSync(new URL(name, import.meta.url), "utf8"));

test("the guide has code", () => {
  expect(codeBlocks.length).toBeGreaterThan(6);
});

test.each(codeBlocks)("the guide's code is part of this example: %s", (code) => {
  expect(sources.filter((source) => source.includes(code))).not.toEqual([]);
});
