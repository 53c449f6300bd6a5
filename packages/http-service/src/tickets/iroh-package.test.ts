import { expect, test } from "vitest";
import { loadIroh } from "./iroh-package.ts";

test("loads the package by name", async () => {
  const iroh = {};
  expect(await loadIroh(async (name) => (name === "@flawless-ts/iroh" ? iroh : null))).toBe(iroh);
});

test("if the package is missing, the error names it", async () => {
  const missing = loadIroh((name) => Promise.reject(new Error(`Cannot find package '${name}'`)));
  await expect(missing).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    option: "iroh",
    message: expect.stringContaining("npm install @flawless-ts/iroh"),
  });
});
