import { describe, expect, test } from "vitest";
import { assertJson, assertText } from "./requests.ts";

const invalid = expect.objectContaining({ code: "INVALID_REQUEST" }) as Error;

describe("a JSON text", () => {
  test.each(["null", "0", '""', '{"a":[1]}', " [] ", "18446744073709551615"])(
    "%s is one",
    (text) => {
      expect(() => assertJson("input", text)).not.toThrow();
    },
  );

  test.each(["", "nil", "{", "'a'", "[1,]", "undefined", "NaN"])("%j is none", (text) => {
    expect(() => assertJson("input", text)).toThrow(invalid);
  });
});

describe("a text", () => {
  test("may be as long as the limit, but not longer", () => {
    expect(() => assertText("input", "12345", 5)).not.toThrow();
    expect(() => assertText("input", "123456", 5)).toThrow(
      "The input has 6 characters, but at most 5",
    );
  });

  test("must not contain half a surrogate pair, which UTF-8 can't express", () => {
    expect(() => assertText("data", '"\u{1F600}"', 100)).not.toThrow();
    expect(() => assertText("data", '"\uD83D"', 100)).toThrow(invalid);
  });
});
