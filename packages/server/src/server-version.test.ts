import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { serverVersion } from "./server-version.ts";

test("is the version in package.json", () => {
  const packageJson: unknown = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  expect(packageJson).toMatchObject({ version: serverVersion });
});
