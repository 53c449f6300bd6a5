import { describe, expect, test } from "vitest";
import { FlawlessError } from "../errors.ts";
import { AbiError } from "./abi-error.ts";

class OtherError extends FlawlessError {
  override readonly code = "FLAWLESS_OTHER";
  override readonly _tag = "OtherError";
}

describe("AbiError", () => {
  test("carries code, tag and cause", () => {
    const cause = new SyntaxError("unexpected end");
    const error = new AbiError("FLAWLESS_ABI_INVALID_CALL", "no host call", { cause });
    expect(error).toMatchObject({
      name: "AbiError",
      _tag: "AbiError",
      code: "FLAWLESS_ABI_INVALID_CALL",
      message: "no host call",
      cause,
    });
  });

  test("is() distinguishes it from other errors", () => {
    expect(AbiError.is(new AbiError("FLAWLESS_ABI_INVALID_CALL", ""))).toBe(true);
    expect(AbiError.is(new OtherError())).toBe(false);
    expect(AbiError.is({ _tag: "AbiError" })).toBe(false);
  });
});
