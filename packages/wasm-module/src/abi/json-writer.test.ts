import { describe, expect, test } from "vitest";
import { abiErrorOf } from "./abi-error.testing.ts";
import { encodeJson } from "./json-writer.ts";

describe("encodeJson", () => {
  test("refuses a text longer than a string can be", () => {
    const error = abiErrorOf(() => encodeJson("host answer", () => "x".repeat(2 ** 30)));
    expect(error.code).toBe("FLAWLESS_ABI_UNENCODABLE");
    expect(error.message).toContain("The host answer is too long");
    expect(error.cause).toBeInstanceOf(RangeError);
  });

  test("lets other errors through", () => {
    expect(() =>
      encodeJson("host answer", () => {
        throw new TypeError("a bug");
      }),
    ).toThrow(new TypeError("a bug"));
  });
});
