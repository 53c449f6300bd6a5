import { expect, test } from "vitest";
import { readDuration } from "./duration.ts";

test.each([
  ["90s", 90_000],
  ["45m", 2_700_000],
  ["12h", 43_200_000],
  ["30d", 2_592_000_000],
  ["1.5 hours", 5_400_000],
])("%s is converted to milliseconds", (text, expected) => {
  expect(readDuration(text, "--retain")).toBe(expected);
});

test.each(["", "0d", "30", "d", "-1d", "1x", "9999999999d"])(
  "%j is refused with the expected format",
  (text) => {
    expect(() => readDuration(text, "--retain")).toThrow("--retain takes a duration such as 90s");
  },
);
