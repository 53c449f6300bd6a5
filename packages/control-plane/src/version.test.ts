import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { controlPlaneVersion } from "./version.ts";

test("is the version in package.json", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(JSON.parse(text)).toMatchObject({ version: controlPlaneVersion });
});
