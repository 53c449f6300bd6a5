import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inspectModule } from "./inspect-module.ts";
import { ModuleError } from "./module-error.ts";
import { buildModule } from "./module-builder.testing.ts";
import { moduleNames } from "./module-names.ts";

const fixtures = new URL("../../fixtures/wasm/", import.meta.url);

test.each(readdirSync(fixtures).filter((file) => file.endsWith(".wasm")))(
  "the names in %s are those that a full inspection finds, if it takes the file",
  (file) => {
    const bytes = readFileSync(new URL(file, fixtures));
    expect([moduleNames(bytes), null]).toContainEqual(inspectedNames(bytes));
  },
);

function inspectedNames(bytes: Uint8Array): unknown {
  try {
    const { name, version, workflows } = inspectModule(bytes);
    return { name, version, workflows };
  } catch (error) {
    if (ModuleError.is(error)) return null;
    throw error;
  }
}

test("what isn't a module has no names", () => {
  for (const bytes of [
    new Uint8Array(),
    new Uint8Array(8),
    new TextEncoder().encode("#!/bin/sh\n"),
  ]) {
    expect(moduleNames(bytes)).toBeNull();
  }
});

test("a truncated module has its own names or none", () => {
  const whole = buildModule();
  const names = moduleNames(whole);
  expect(names).not.toBeNull();
  const found = Array.from(whole, (_, length) => moduleNames(whole.subarray(0, length)));
  const some = found.filter((each) => each !== null);
  expect(some.length).toBeGreaterThan(0);
  expect(new Set(some.map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify(names)]),
  );
});

test("an impossible number of exports ends with the file", () => {
  const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 7, 5, 0xff, 0xff, 0xff, 0xff, 0x0f);
  expect(moduleNames(bytes)).toBeNull();
});
