import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { parseJson } from "./parse-json.ts";
import { writeJson } from "./write-json.ts";

describe("writeJson", () => {
  test("writes what JSON.stringify writes", () => {
    const value = {
      text: 'é"\n',
      list: [1.5, -0, true, null, { deep: {} }],
      when: new Date(0),
      left: undefined,
    };
    expect(writeJson(value)).toBe(JSON.stringify(value));
    expect(writeJson([undefined])).toBe("[null]");
    expect(writeJson("text")).toBe('"text"');
  });

  test("writes undefined, and objects whose toJSON returns it, as null", () => {
    expect(writeJson(undefined)).toBe("null");
    expect(writeJson({ toJSON: () => undefined })).toBe("null");
  });

  test("writes bigints as exact integers, even if they have a toJSON", () => {
    const integers = [18446744073709551615n, -9223372036854775808n];
    expect(writeJson({ integers })).toBe(
      '{"integers":[18446744073709551615,-9223372036854775808]}',
    );
    Object.assign(BigInt.prototype, { toJSON: () => "text" });
    try {
      expect(writeJson([1n])).toBe("[1]");
    } finally {
      Reflect.deleteProperty(BigInt.prototype, "toJSON");
    }
  });

  test("writes the same object twice if it doesn't contain itself", () => {
    const shared = { a: 1 };
    expect(writeJson([shared, { shared }, shared])).toBe('[{"a":1},{"shared":{"a":1}},{"a":1}]');
  });

  test.each([
    2 ** 53,
    -(2 ** 60),
    1e20,
    123456789012345680000,
    1e21,
    Number.MAX_VALUE,
    5e-324,
    -0.5,
  ])("the number %d is read back as itself", (number) => {
    expect(parseJson(writeJson({ number }))).toEqual({ number });
  });

  test.each([2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 64n - 1n])(
    "the bigint %d is read back as itself",
    (integer) => {
      expect(parseJson(writeJson({ integer: [integer] }))).toEqual({ integer: [integer] });
    },
  );

  test("calls toJSON, whatever it is a method of", () => {
    class Money {
      readonly #cents = 5;
      get euros(): number {
        return this.#cents / 100;
      }
      toJSON(): unknown {
        return { cents: BigInt(this.#cents) };
      }
    }
    class Tags extends Set<string> {
      toJSON(): unknown {
        return [...this];
      }
    }
    const value = {
      price: new Money(),
      tags: new Tags(["a"]),
      at: new Date(0),
      to: new URL("a:b"),
    };
    expect(writeJson(value)).toBe(
      '{"price":{"cents":5},"tags":["a"],"at":"1970-01-01T00:00:00.000Z","to":"a:b"}',
    );
    expect(writeJson({ big: { toJSON: () => 2n ** 64n - 1n } })).toBe(
      '{"big":18446744073709551615}',
    );
  });

  test("writes nearly plain objects", () => {
    class Order {
      readonly id = 1;
      total(): number {
        return this.id;
      }
    }
    class Empty {
      left: undefined;
    }
    const value = {
      order: new Order(),
      empty: new Empty(),
      bare: Object.assign(Object.create(null) as object, { a: 1 }),
      foreign: runInNewContext("({ a: [1, { b: null }], get c() { return 2; } })") as unknown,
      boxed: [Object(1), Object("a"), Object(true)] as unknown,
    };
    expect(writeJson(value)).toBe(
      '{"order":{"id":1},"empty":{},"bare":{"a":1},"foreign":{"a":[1,{"b":null}],"c":2},"boxed":[1,"a",true]}',
    );
  });

  class Bill {
    readonly price = 5;
    get total(): number {
      return this.price * 1.19;
    }
  }
  class Invoice extends Bill {}
  const cycle: { list: unknown[] } = { list: [] };
  cycle.list.push(1, cycle);

  test.each([
    ["a function", { call: { back: () => 1 } }, "$.call.back", "a function"],
    ["a function alone", () => 1, "$", "a function"],
    ["a symbol", [Symbol("s")], "$[0]", "a symbol"],
    ["NaN", { a: [1, Number.NaN] }, "$.a[1]", "the number NaN"],
    ["infinity", -Infinity, "$", "the number -Infinity"],
    [
      "a large integer",
      { n: 2n ** 64n },
      "$.n",
      "18446744073709551616, which has more than 64 bits",
    ],
    ["a small integer", -(2n ** 63n) - 1n, "$", "more than 64 bits"],
    ["a map", { m: new Map([[1, 2]]) }, "$.m", "Object.fromEntries"],
    ["a set", { s: new Set([1]) }, "$.s", "use an array"],
    ["a map of another realm", { m: runInNewContext("new Map()") as unknown }, "$.m", "a Map"],
    [
      "a weak map",
      { w: new WeakMap() },
      "$.w",
      "an instance of WeakMap, which JSON shows as empty",
    ],
    ["an error", { e: [new TypeError("x")] }, "$.e[0]", "an Error (send its message)"],
    ["an error with members", Object.assign(new Error("x"), { code: 5 }), "$", "an Error"],
    ["an error of another realm", [runInNewContext("new Error()") as unknown], "$[0]", "an Error"],
    ["a regular expression", { r: /x/ }, "$.r", "a RegExp"],
    [
      "an invalid date",
      { items: [{ when: new Date(Number.NaN) }] },
      "$.items[0].when",
      "invalid Date",
    ],
    [
      "what only looks like a date",
      [Object.create(Date.prototype) as unknown],
      "$",
      "a value that throws",
    ],
    [
      "what only looks like an array",
      { a: Object.create(Array.prototype) as unknown },
      "$.a",
      "shows as empty",
    ],
    ["a boxed NaN", { n: Object(Number.NaN) as unknown }, "$.n", "the number NaN"],
    ["bytes", { b: new Uint8Array(2) }, "$.b", "bytes"],
    ["an iterator", { i: new Map([[1, 2]]).values() }, "$.i", "which JSON shows as empty"],
    ["an instance with a getter", { m: new Invoice() }, "$.m", "Invoice, whose getter `total`"],
    [
      "an instance without members",
      new URLSearchParams("a=b"),
      "$",
      "an instance of URLSearchParams",
    ],
    ["what toJSON gives", { a: { toJSON: () => new Map() } }, "$.a", "a Map"],
    ["a promise", { p: Promise.resolve(1) }, "$.p", "forgotten `await`"],
    ["a buffer, which turns itself into something else", { b: Buffer.from("x") }, "$.b", "bytes"],
    ["an array buffer", { b: new ArrayBuffer(1) }, "$.b", "bytes"],
    ["half of a surrogate pair", { "a b": "\ud800" }, '$["a b"]', "surrogate"],
    ["half of a surrogate pair in a name", { "\ud800": 1 }, '$["\\ud800"]', "surrogate"],
    ["a cycle", cycle, "$.list[1]", "contains itself"],
    ["a path after siblings", { a: { b: [[], {}] }, c: { d: Number.NaN } }, "$.c.d", "NaN"],
  ])("refuses %s and says where", (_what, value, path, reason) => {
    expect(() => writeJson(value)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_NOT_JSON",
        path,
        message: expect.stringContaining(reason),
      }),
    );
  });

  test("names the value", () => {
    expect(() => writeJson({ a: Number.NaN }, 'The message "go"')).toThrow(
      'The message "go" cannot be written as JSON: the number NaN at $.a.',
    );
    expect(() => writeJson(Symbol("a"))).toThrow(
      "The value cannot be written as JSON: a symbol at $.",
    );
  });

  test("has an error thrown by a value as the cause", () => {
    const thrown = new Error("no");
    const value = {
      a: {
        toJSON: () => {
          throw thrown;
        },
      },
    };
    expect(() => writeJson(value)).toThrow(
      expect.objectContaining({ code: "FLAWLESS_NOT_JSON", cause: thrown }),
    );
  });

  const nested = (levels: number): unknown => {
    let deep: unknown = 0;
    for (let level = 0; level < levels; level += 1) deep = [deep];
    return deep;
  };

  test("writes a thousand levels", () => {
    expect(writeJson(nested(1000))).toBe(JSON.stringify(nested(1000)));
  });

  test.each([1001, 100_000])("refuses %i levels", (levels) => {
    expect(() => writeJson(nested(levels))).toThrow(
      expect.objectContaining({ path: "$", message: expect.stringContaining("nested too deep") }),
    );
  });
});
