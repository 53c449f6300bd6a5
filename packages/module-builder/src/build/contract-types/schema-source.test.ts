import { expect, test } from "vitest";
import { contractSource } from "../contract-source.ts";
import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import { keySource, schemaSource } from "./schema-source.ts";

const none: ReadonlySet<string> = new Set();

test.each([
  ["no object", 7],
  ["no known type", { type: "() => void" }],
  ["a name that is not defined", { $ref: "#/$defs/process" }],
  ["a name that is none", { $ref: "#/$defs/x>(), y: evil()" }],
  ["a constant that is no literal", { const: { toString: "evil" } }],
])("what a foreign module says is not trusted: %s", (_, schema) => {
  expect(schemaSource(schema, none)).toBe("unknown");
});

test("strings and names of a foreign module can't inject code", () => {
  const schema = {
    type: "object",
    properties: { '"; evil(); "': { enum: ['"; evil(); "', "*/", "`${evil()}`"] } },
    required: ['"; evil(); "'],
  };
  expect(schemaSource(schema, none)).toBe(
    '{\n  readonly "\\"; evil(); \\"": "\\"; evil(); \\"" | "*/" | "`${evil()}`";\n}',
  );
  expect(keySource("__proto__")).toBe('["__proto__"]');
});

test("an endless schema is cut off", () => {
  const endless: Record<string, unknown> = { type: "array" };
  endless["items"] = endless;
  expect(schemaSource(endless, none)).toMatch(/^(?:ReadonlyArray<)+unknown>+$/u);
});

test("definitions whose names have another meaning are omitted", () => {
  const types = {
    workflows: { a: { input: { $ref: "#/$defs/string" }, response: { $ref: "#/$defs/Tree" } } },
    $defs: { string: { type: "null" }, "x = evil()": {}, Tree: { type: "null" } },
  } satisfies ModuleTypes;
  const source = contractSource({ name: "o", version: "1", workflows: ["a", "b"] }, types);
  expect(source).not.toContain("evil");
  expect(source).not.toContain("type string");
  expect(source).toContain("type Tree = null;");
  expect(source).toContain("input: type<unknown>(),\n      response: type<Tree>(),");
  expect(source).toContain("    b: { input: type<unknown>(), response: type<unknown>() },");
});
