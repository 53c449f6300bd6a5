import { readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { makeSecretsKey, secretsKeyFileName } from "./make-secrets-key.ts";
import { readSecretsKey } from "./secrets-key.ts";

test("a key is made once, and only its owner can read it", async () => {
  using directory = new TemporaryDirectory();
  using other = new TemporaryDirectory();
  const key = makeSecretsKey(directory.path);
  const path = directory.join(secretsKeyFileName);

  expect(key).toHaveLength(32);
  expect(await readSecretsKey(path)).toEqual(key);
  expect(makeSecretsKey(other.path)).not.toEqual(key);
  expect(() => makeSecretsKey(directory.path)).toThrow("EEXIST");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toBe(`${Buffer.from(key).toString("hex")}\n`);
});

test("what is not a key is refused, and not shown", async () => {
  using directory = new TemporaryDirectory();
  const path = directory.join("key");
  expect(await readSecretsKey(path)).toBeUndefined();
  for (const text of ["", "my own words", "ab".repeat(31)]) {
    writeFileSync(path, text);
    await expect(readSecretsKey(path)).rejects.toThrow("64 hexadecimal digits");
    await expect(readSecretsKey(path)).rejects.not.toThrow(/words|abab/);
  }
  await expect(readSecretsKey(directory.path)).rejects.toThrow(/can't be read: EISDIR/);
});
