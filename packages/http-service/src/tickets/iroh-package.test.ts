import { expect, test } from "vitest";
import { loadIroh } from "./iroh-package.ts";

test("the package is loaded by its name", async () => {
  const iroh = {};
  expect(await loadIroh(async (name) => (name === "@flawless-ts/iroh" ? iroh : null))).toBe(iroh);
});

test("where the package is missing, the error names it", async () => {
  const missing = loadIroh((name) => Promise.reject(new Error(`Cannot find package '${name}'`)));
  await expect(missing).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    option: "iroh",
    message: expect.stringContaining("npm install @flawless-ts/iroh"),
  });
});
