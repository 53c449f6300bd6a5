import { describe, expect, test } from "vitest";
import { AbiError } from "../abi/abi-error.ts";
import { ModuleError } from "./module-error.ts";

describe("ModuleError", () => {
  test("carries code, tag and cause", () => {
    const cause = new TypeError("not UTF-8");
    const error = new ModuleError("FLAWLESS_MODULE_BAD_TEXT", "bad name", { cause });
    expect(error).toMatchObject({
      name: "ModuleError",
      _tag: "ModuleError",
      code: "FLAWLESS_MODULE_BAD_TEXT",
      message: "bad name",
      cause,
    });
  });

  test("is() distinguishes it from other errors", () => {
    expect(ModuleError.is(new ModuleError("FLAWLESS_MODULE_NOT_WASM", ""))).toBe(true);
    expect(ModuleError.is(new AbiError("FLAWLESS_ABI_INVALID_CALL", ""))).toBe(false);
    expect(ModuleError.is({ _tag: "ModuleError" })).toBe(false);
  });
});
