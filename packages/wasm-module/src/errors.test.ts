import { inspect } from "node:util";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { FlawlessError } from "./errors.ts";

class ExampleError extends FlawlessError {
  override readonly code = "FLAWLESS_EXAMPLE";
  override readonly _tag = "ExampleError";
}

class ParentError extends FlawlessError {
  override readonly code: string = "FLAWLESS_PARENT";
  override get _tag(): string {
    return "ParentError";
  }
}

class ChildError extends ParentError {
  override get _tag(): "ChildError" {
    return "ChildError";
  }
}

class SiblingError extends FlawlessError {
  override readonly code = "FLAWLESS_SIBLING";
  override get _tag(): "SiblingError" {
    return "SiblingError";
  }
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

  test("a class's errors have its name from the start, as their stack shows", () => {
    expect(new ParentError("it broke").stack).toMatch(/^ParentError: it broke\n/);
  });

  test("recognizes errors of another copy of the package, by is() and by instanceof", async () => {
    vi.resetModules();
    const copy = await import("./errors.ts");
    expect(copy.FlawlessError).not.toBe(FlawlessError);
    // As a bundler would emit it: another name, the same tag.
    class a extends copy.FlawlessError {
      override readonly code = "FLAWLESS_EXAMPLE";
      override get _tag(): "ParentError" {
        return "ParentError";
      }
    }
    for (const foreign of [new ParentError(), new ChildError()]) {
      expect(foreign).toBeInstanceOf(copy.FlawlessError);
      expect(foreign).toBeInstanceOf(a);
      expect(copy.FlawlessError.is(foreign)).toBe(true);
      expect(a.is(foreign)).toBe(true);
    }
    expect(new a()).toBeInstanceOf(ParentError);
    expect(new a()).not.toBeInstanceOf(ChildError);
    expect(new SiblingError()).not.toBeInstanceOf(a);
  });

  test("distinguishes a class from its parent and its siblings", () => {
    const errors = [new ParentError(), new ChildError(), new SiblingError()];
    const classes = [ParentError, ChildError, SiblingError];
    const table = [
      [true, false, false],
      [true, true, false],
      [false, false, true],
    ];
    expect(errors.map((error) => classes.map((each) => each.is(error)))).toEqual(table);
    expect(errors.map((error) => classes.map((each) => error instanceof each))).toEqual(table);
  });

  test("a class without its own tag accessor recognizes only its own errors", () => {
    class UntaggedError extends ParentError {}
    expect(UntaggedError.is(new UntaggedError())).toBe(true);
    expect(ParentError.is(new UntaggedError())).toBe(true);
    expect(UntaggedError.is(new ParentError())).toBe(false);
    expect(ExampleError.is(new ExampleError())).toBe(true);
    expect(ExampleError.is(new ParentError())).toBe(false);
    expect(new ParentError()).not.toBeInstanceOf(ExampleError);
  });

  test("is() can be passed on without its class", () => {
    const child = new ChildError();
    const all: readonly FlawlessError[] = [new ParentError(), child, new SiblingError()];
    expect(all.filter(ChildError.is)).toEqual([child]);
  });

  test("is() and instanceof narrow to the class", () => {
    const error: unknown = new ChildError();
    if (ChildError.is(error)) expectTypeOf(error).toEqualTypeOf<ChildError>();
    if (error instanceof ChildError) expectTypeOf(error._tag).toEqualTypeOf<"ChildError">();
    if (FlawlessError.is(error)) expectTypeOf(error).toEqualTypeOf<FlawlessError>();
    expect(ChildError.is(error)).toBe(true);
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
    expect(ParentError.is(value)).toBe(false);
    expect(value instanceof ParentError).toBe(false);
  });
});
