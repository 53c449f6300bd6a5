import { describe, expect, test } from "vitest";
import { formatTable, printable, shorten } from "./table.ts";

describe("formatTable", () => {
  test("aligns the columns and leaves no trailing spaces", () => {
    expect(
      formatTable(
        ["ID", "STATUS", "X"],
        [
          ["wkf_1", "running", ""],
          ["wkf_22", "ok", "y"],
        ],
      ),
    ).toEqual(["ID      STATUS   X", "wkf_1   running", "wkf_22  ok       y"]);
  });

  test("has only headings if there are no rows", () => {
    expect(formatTable(["ID", "STATUS"], [])).toEqual(["ID  STATUS"]);
  });
});

describe("printable", () => {
  test.each([
    ["a\nb\tc", String.raw`a\nb\tc`],
    ["\u001b[31mred", String.raw`\u001b[31mred`],
    ["\u009b31m", String.raw`\u009b31m`],
    ["\u202eright to left", String.raw`\u202eright to left`],
    ["grün 漢字 🎉", "grün 漢字 🎉"],
  ])("shows %j without control characters", (text, expected) => {
    expect(printable(text)).toBe(expected);
  });
});

describe("shorten", () => {
  test.each([
    ["four", 4, "four"],
    ["fives", 4, "fiv…"],
  ])("%s to %d", (text, length, expected) => {
    expect(shorten(text, length)).toBe(expected);
  });
});
