import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";

const guide = readFileSync(new URL("../../../docs/testing.md", import.meta.url), "utf8");
const codeBlocks = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
const sources = [
  new URL("./", import.meta.url),
  new URL("../../activities/src/", import.meta.url),
].flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".ts") && name !== "documentation.test.ts")
    .map((name) => readFileSync(new URL(name, directory), "utf8")),
);

test("the guide has code", () => {
  expect(codeBlocks.length).toBeGreaterThan(10);
});

test.each(codeBlocks)("these tests run the guide's code: %s", (code) => {
  expect(sources.filter((source) => source.includes(code))).not.toEqual([]);
});
