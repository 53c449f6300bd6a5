import { expect, test } from "vitest";
import { wholeSeconds } from "./whole-seconds.ts";

test.each([
  [1_000, "1"],
  [86_400_000, "86400"],
])("%d ms are %s seconds", (milliseconds, seconds) => {
  expect(wholeSeconds("workerTimeoutMs", milliseconds)).toBe(seconds);
});

test.each([0, -1_000, 1_500, 86_401_000, Number.NaN])("%d ms are refused", (milliseconds) => {
  expect(() => wholeSeconds("workerTimeoutMs", milliseconds)).toThrow(
    expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option: "workerTimeoutMs" }),
  );
});
