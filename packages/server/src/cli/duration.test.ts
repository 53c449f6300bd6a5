import { expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

test.each([
  ["90s", 90_000],
  ["45m", 2_700_000],
  ["12h", 43_200_000],
  ["30d", 2_592_000_000],
])("%s is so many milliseconds", (text, expected) => {
  expect(parseDuration(text, "--retain")).toBe(expected);
});

test.each(["", "0d", "30", "d", "-1d", "1.5h", "1w", "1 d", "9999999999d"])(
  "%j is refused with what is expected",
  (text) => {
    expect(() => parseDuration(text, "--retain")).toThrow("--retain takes a duration such as 90s");
  },
);
