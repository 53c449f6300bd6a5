import { expect, test } from "vitest";
import { BuildError } from "./build-error.ts";
import { buildSource } from "./module-source.testing.ts";

test.each([
  ["throw 'no table';", 'threw "no table", which is no Error'],
  ["await Promise.reject(7);", "threw 7, which is no Error"],
  ["throw undefined;", "threw undefined, which is no Error"],
  ["throw { a: 1 };", "threw a value of the type Object, which is no Error"],
  ["throw null;", "threw null, or ran out of memory"],
  ["const a = []; while (true) a.push(new Array(1000).fill(7));", "may take 256 MiB"],
  ["let list: unknown = null; for (;;) list = { list };", "may take 256 MiB"],
])("what a top level throws is told in words: %s", async (code, words) => {
  const source = `${code}\nimport { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "o", version: "1", workflows: { a: async () => 1 } });`;
  const error: unknown = await buildSource(source).catch((reason: unknown) => reason);
  if (!BuildError.is(error)) throw error;
  expect(error.code).toBe("FLAWLESS_BUILD_NO_MODULE");
  expect(error.message).toContain(words);
  expect(error.message).not.toContain("quickjs");
});
