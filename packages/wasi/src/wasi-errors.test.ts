import { FlawlessError } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import * as errors from "./wasi-errors.ts";

const outputs = { stdout: "out", stderr: "err" };
const all = [
  [new errors.WasiModuleError("FLAWLESS_WASI_NO_START", "no."), errors.WasiModuleError],
  [new errors.WasiTimeoutError(5, outputs), errors.WasiTimeoutError],
  [new errors.WasiTrapError("unreachable", outputs, undefined), errors.WasiTrapError],
  [new errors.WasiReplayMismatchError(3, "a", "b"), errors.WasiReplayMismatchError],
  [new errors.WasiRecordingError("no."), errors.WasiRecordingError],
  [new errors.WasiThreadError("no", outputs), errors.WasiThreadError],
] as const;

describe("the errors", () => {
  test.each(all)("%s is distinct from the others", (error, type) => {
    expect(all.filter(([, each]) => each.is(error)).map(([, each]) => each)).toEqual([type]);
    expect(FlawlessError.is(error)).toBe(true);
    expect(error.name).toBe(type.name);
    expect(error.code).toMatch(/^FLAWLESS_WASI_/u);
  });

  test("are no others", () => {
    expect(all.some(([, type]) => type.is(new Error("other")) || type.is(null))).toBe(false);
  });

  test("show the end of the output", () => {
    const long = `${"x".repeat(600)}\nthe end\n`;
    const { message } = new errors.WasiTrapError(
      "unreachable",
      { stdout: "", stderr: long },
      undefined,
    );
    expect(message).toMatch(/broke off: unreachable\.\nstderr: …x+\nthe end$/u);
    expect(message.length).toBeLessThan(700);
  });

  test("shorten what was recorded and what came", () => {
    const error = new errors.WasiReplayMismatchError(3, "a".repeat(2000), "b");
    expect(error.message).toContain("step 3");
    expect(error.message).toContain("… (2000 characters)");
    expect(error.recorded).toHaveLength(2000);
  });
});
