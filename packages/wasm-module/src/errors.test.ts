import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { FlawlessError } from "./errors.ts";

class ExampleError extends FlawlessError {
  override readonly code = "FLAWLESS_EXAMPLE";
  override readonly _tag = "ExampleError";
}

describe("FlawlessError", () => {
  test("is an Error with message and cause", () => {
    const cause = new Error("inner");
    const error = new ExampleError("outer", { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe("outer");
    expect(error.cause).toBe(cause);
  });

  test("takes its name from the tag, whatever the class is called", () => {
    const Minified = class a extends FlawlessError {
      override readonly code = "FLAWLESS_EXAMPLE";
      override readonly _tag = "ReadableError";
    };
    const error = new Minified("it broke");
    expect(error.name).toBe("ReadableError");
    expect(String(error)).toBe("ReadableError: it broke");
    expect(inspect(error)).toContain("ReadableError");
  });

  test("is() accepts errors of another copy of the package", async () => {
    vi.resetModules();
    const copy = await import("./errors.ts");
    expect(copy.FlawlessError).not.toBe(FlawlessError);
    const foreign = new ExampleError("from the first copy");
    expect(foreign).not.toBeInstanceOf(copy.FlawlessError);
    expect(copy.FlawlessError.is(foreign)).toBe(true);
  });

  test.each([
    null,
    undefined,
    "FLAWLESS_EXAMPLE",
    7,
    {},
    new Error("plain"),
    { code: "FLAWLESS_EXAMPLE" },
  ])("is() refuses %s", (value) => {
    expect(FlawlessError.is(value)).toBe(false);
  });
});
