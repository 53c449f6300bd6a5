import { describe, expect, test } from "vitest";
import { formJson } from "./form-json.ts";
import { planForm } from "./form-plan.ts";

const order = {
  type: "object",
  properties: {
    id: { type: "string" },
    amount: { type: "number" },
    big: { type: "integer" },
    express: { type: "boolean" },
    channel: { enum: ["web", 2] },
    kind: { const: "order" },
    note: { anyOf: [{ type: "null" }, { type: "string" }] },
    items: { type: "array", items: { type: "string" } },
    sizes: { type: "array", items: { type: "number" } },
    address: { type: "object", properties: { "a/b~c": { type: "string" } }, required: ["a/b~c"] },
    rest: { type: "object", additionalProperties: { type: "string" } },
  },
  required: ["id", "amount", "channel", "kind", "note", "items", "address", "rest"],
};
const filled = {
  "v/id": "A-7",
  "v/amount": "12.50",
  "v/channel": '"web"',
  "v/note": "",
  "v/items": "tea\r\n\r\ncup",
  "v/address/a~1b~0c": "x",
  "v/rest": ' {"y":"z"} ',
};

function jsonOf(body: Readonly<Record<string, string>>, schema: unknown = order): string {
  return formJson(planForm(schema, "v", "Input"), body);
}

describe("a form made from a type", () => {
  test("gives the value as JSON, with the digits that were entered", () => {
    expect(jsonOf({ ...filled, "v/big": "18446744073709551615", "v/express": "false" })).toBe(
      '{"id":"A-7","amount":12.50,"big":18446744073709551615,"express":false,"channel":"web","kind":"order",' +
        '"note":null,"items":["tea","cup"],"address":{"a/b~c":"x"},"rest":{"y":"z"}}',
    );
  });

  test("omits what is optional and empty, but not an empty required text", () => {
    expect(JSON.parse(jsonOf({ ...filled, "v/id": "", "v/items": "", "v/sizes": "" }))).toEqual({
      id: "",
      amount: 12.5,
      channel: "web",
      kind: "order",
      note: null,
      items: [],
      address: { "a/b~c": "x" },
      rest: { y: "z" },
    });
  });

  test.each([
    ["v/amount", "1,5", 'amount: expected a number, but got "1,5".'],
    ["v/amount", "", "amount: expected a number, but got nothing."],
    ["v/amount", "NaN", 'amount: expected a number, but got "NaN".'],
    ["v/big", "1.5", 'big: expected a whole number, but got "1.5".'],
    ["v/express", "yes", 'express: expected true or false, but got "yes".'],
    ["v/channel", '"fax"', String.raw`channel: expected one of "web", 2, but got "\"fax\"".`],
    ["v/sizes", "1\nx", 'sizes: expected numbers, but got "x".'],
    ["v/rest", "{", 'rest: expected JSON, but got "{".'],
    ["v/rest", "", "rest: expected JSON, but got nothing."],
  ])("refuses %s: %j", (name, value, message) => {
    expect(() => jsonOf({ ...filled, [name]: value })).toThrow(message);
  });

  test.each<[unknown, string, string]>([
    [{ type: "string" }, "a\u2028b", '"a\u2028b"'],
    [{ type: "integer" }, " 7 ", "7"],
    [{}, '{"a":[1]}', '{"a":[1]}'],
    [{ $ref: "#/$defs/Tree" }, "[]", "[]"],
    [{ anyOf: [{ type: "string" }, { type: "number" }] }, '"x"', '"x"'],
    [{ type: "array", prefixItems: [{ type: "string" }] }, '["x"]', '["x"]'],
    ["nonsense", "1", "1"],
    [{ type: "object", properties: 7 }, "{}", "{}"],
    [{ enum: [{}] }, "{}", "{}"],
  ])("accepts a value of %j", (schema, text, json) => {
    expect(jsonOf({ v: text }, schema)).toBe(json);
  });

  test("is a JSON field if it would be too large or too deep", () => {
    const wide = {
      type: "object",
      properties: Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`p${index}`, { type: "string" }]),
      ),
    };
    expect(planForm(wide, "v", "Input").of).toEqual({ kind: "json" });
    let deep: unknown = { type: "string" };
    for (let level = 0; level < 50; level += 1) {
      deep = { type: "object", properties: { in: deep }, required: ["in"] };
    }
    expect(JSON.stringify(planForm(deep, "v", "Input")).length).toBeLessThan(1_500);
  });
});
