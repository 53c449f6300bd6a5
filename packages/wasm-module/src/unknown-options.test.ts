import { describe, expect, test } from "vitest";
import { closest, optionNames, refuseUnknownOptions } from "./unknown-options.ts";

interface Options {
  readonly url: string;
  readonly timeoutMs?: number;
  readonly autoSkip?: boolean;
}

const names = optionNames<Options>({ url: true, timeoutMs: true, autoSkip: true });

describe("options", () => {
  test.each([{}, { url: "x" }, { autoSkip: false, timeoutMs: undefined, url: "x" }])(
    "that exist are taken: %j",
    (options) => {
      expect(() => refuseUnknownOptions(options, names)).not.toThrow();
    },
  );

  test.each([
    ["autoskip", "", "autoskip", "Did you mean `autoSkip`?"],
    ["timeoutms", "", "timeoutms", "Did you mean `timeoutMs`?"],
    ["timeuotMs", "client", "client.timeuotMs", "Did you mean `client.timeoutMs`?"],
    ["URL", "", "URL", "Did you mean `url`?"],
    ["colour", "", "colour", "Expected one of url, timeoutMs, autoSkip."],
    ["toString", "", "toString", "Expected one of url, timeoutMs, autoSkip."],
    ["u".repeat(1_000_000), "", "u".repeat(100), "Expected one of url"],
  ])("that do not exist are refused: %.20s", (name, path, option, advice) => {
    expect(() => refuseUnknownOptions({ url: "x", [name]: undefined }, names, path)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_INVALID_OPTION",
        option,
        message: expect.stringContaining(`there is no such option. ${advice}`),
      }),
    );
  });

  test.each([
    ["text", "a string"],
    [7, "a number"],
    [null, "null"],
    [undefined, "undefined"],
  ])("are an object, not %j", (options, got) => {
    expect(() => refuseUnknownOptions(options, names)).toThrow(
      `expected an object, but got ${got}.`,
    );
  });

  test("must all be listed, or the compiler complains", () => {
    // @ts-expect-error autoSkip is missing
    optionNames<Options>({ url: true, timeoutMs: true });
    // @ts-expect-error there is no colour
    optionNames<Options>({ url: true, timeoutMs: true, autoSkip: true, colour: true });
    expect(names).toEqual({ url: true, timeoutMs: true, autoSkip: true });
  });
});

describe("the closest name", () => {
  test.each([
    ["retry", "retry"],
    ["retyr", "retry"],
    ["rety", "retry"],
    ["rretry", "retry"],
    ["TIMEOUT", "timeoutMs"],
    ["timeoutMs2", "timeoutMs"],
    ["tmeoutM", "timeoutMs"],
    ["timeouts", "timeoutMs"],
    ["time", null],
    ["", null],
    ["retries", null],
    ["\u{1f600}", null],
    ["r".repeat(51), null],
  ])("to %j is %j", (given, name) => {
    expect(closest(given, ["retry", "timeoutMs", "url"])).toBe(name);
  });

  test("is the first of those that are equally close, and the nearer of two", () => {
    expect(closest("grown", ["crown", "brown"])).toBe("crown");
    expect(closest("brown", ["crown", "brown"])).toBe("brown");
    expect(closest("name", [])).toBeNull();
  });
});
