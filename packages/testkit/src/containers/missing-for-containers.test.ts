import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { missingForContainers } from "./missing-for-containers.ts";

const missing = (code: string, name: string): Error =>
  Object.assign(new Error(`Cannot find package '${name}' imported from here`), { code });

test.each(["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"])(
  "if a package is missing (%s), the error says on one line what to install",
  (code) => {
    const cause = missing(code, "testcontainers");
    expect(missingForContainers("testcontainers", cause)).toMatchObject({
      code: "FLAWLESS_TESTKIT_NO_TESTCONTAINERS",
      message:
        "Containers need the package testcontainers, which is not installed. Run `npm install --save-dev testcontainers tar-stream`.",
      cause,
    });
  },
);

test("Node's own error for a missing package is recognized", () => {
  const name = "testcontainers";
  const require = createRequire("file:///nowhere/at-all.js");
  expect(() => require(name)).toThrow(
    expect.toSatisfy((error: unknown) => missingForContainers(name, error) !== null),
  );
});

test.each([
  ["another package that it needs is", missing("MODULE_NOT_FOUND", "ssh2")],
  ["it fails", new Error("testcontainers needs a newer Node")],
  ["anything is thrown", null],
])("if %s, that is reported unchanged", (_what, cause) => {
  expect(missingForContainers("testcontainers", cause)).toBeNull();
});
