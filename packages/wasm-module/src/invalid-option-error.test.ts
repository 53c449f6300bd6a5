import { expect, test } from "vitest";
import { FlawlessError } from "./errors.ts";
import { InvalidOptionError } from "./invalid-option-error.ts";

test("InvalidOptionError names the option, what was expected and what came", () => {
  const cause = new Error("inner");
  const error = new InvalidOptionError("timeoutMs", "expected a number above 0, but got -1.", {
    cause,
  });
  expect(error).toMatchObject({
    name: "InvalidOptionError",
    code: "FLAWLESS_INVALID_OPTION",
    option: "timeoutMs",
    message: "Invalid `timeoutMs`: expected a number above 0, but got -1.",
    cause,
  });
  expect(FlawlessError.is(error)).toBe(true);
});
