import { describe, expect, test } from "vitest";
import { declaredModuleTypes } from "./declared-module-types.ts";

/** The compiler's output for one workflow. */
const inputOf = (type: string): unknown =>
  declaredModuleTypes(`{ readonly pay: { readonly input: ${type}; }; }`, 0).workflows["pay"]?.input;

describe("a printed type becomes a schema", () => {
  test.each([
    ['":string"', { type: "string" }],
    ["`=order-${string}.`", { type: "string", pattern: "^order-.*\\.$" }],
    ["`#${number}`", { type: "number" }],
    ['"#-1.5"', { const: -1.5 }],
    ['":true"', { const: true }],
    ["unknown", {}],
    ["never", { not: {} }],
    ["{}", { type: "object" }],
    ['"=it\'s \\"a\\" \\n"', { const: 'it\'s "a" \n' }],
    ["'=a\\'b'", { const: "a'b" }],
    [
      '{ "[]": "=b" | "=a" | ":null"; }',
      { type: "array", items: { anyOf: [{ enum: ["a", "b"] }, { type: "null" }] } },
    ],
    [
      '{ "[,]": readonly [a: ":string", b?: ":number" | undefined, ...":null"[]]; }',
      {
        type: "array",
        prefixItems: [{ type: "string" }, { type: "number" }],
        minItems: 1,
        items: { type: "null" },
      },
    ],
    [
      '{ b?: ":string" | undefined; "two words": { [x: string]: ":null"; }; }',
      {
        type: "object",
        properties: {
          b: { type: "string" },
          "two words": { type: "object", additionalProperties: { type: "null" } },
        },
        required: ["two words"],
      },
    ],
  ])("the type %s becomes a schema", (type, schema) => {
    expect(inputOf(type)).toEqual(schema);
  });
});

test("a type that contains itself is defined under an unused name", () => {
  const tree = '{ children: { "[]": "^0"; }; value: ":number"; }';
  const types = declaredModuleTypes(
    `{ pay: { input: ${tree}; response: { a: ${tree.replace("^0", "^1")}; b: ${tree.replace("^0", "^1")}; }; }; }`,
    0,
  );
  expect(types.workflows["pay"]).toEqual({
    input: { $ref: "#/$defs/PayInput" },
    response: {
      type: "object",
      properties: { a: { $ref: "#/$defs/PayResponse" }, b: { $ref: "#/$defs/PayResponse2" } },
      required: ["a", "b"],
    },
  });
  expect(types.$defs?.["PayInput"]).toEqual({
    type: "object",
    properties: {
      children: { type: "array", items: { $ref: "#/$defs/PayInput" } },
      value: { type: "number" },
    },
    required: ["children", "value"],
  });
});

test("the order of the compiler's output makes no difference", () => {
  const one = inputOf('{ a: ":string" | ":null" | { x: "=1"; y: "=2"; }; b: ":null"; }');
  const other = inputOf('{ b: ":null"; a: { y: "=2"; x: "=1"; } | ":null" | ":string"; }');
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

test.each(["import('./orders.ts').Order[", "() => ':string'", "':nonsense'", "'^7'", "(':string'"])(
  "what plain types never are is refused: %s",
  (type) => {
    expect(() => inputOf(type)).toThrow(SyntaxError);
  },
);
