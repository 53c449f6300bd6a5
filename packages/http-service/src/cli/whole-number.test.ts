import { expect, test } from "vitest";
import { wholeNumber } from "./whole-number.ts";

test.each([
  ["0", 0],
  ["007", 7],
  ["12", 12],
  ["999999999999999", 999_999_999_999_999],
])("accepts %j", (text, number) => {
  expect(wholeNumber(0)(text)).toBe(number);
});

test.each([
  "",
  " 1",
  "-1",
  "+1",
  "1.0",
  "1e3",
  "0x10",
  "1_000",
  "Infinity",
  "NaN",
  "9999999999999999",
])("refuses %j", (text) => {
  expect(() => wholeNumber(0)(text)).toThrow("Expected a whole number of at least 0.");
});

test("keeps to its range", () => {
  const parse = wholeNumber(1, 10);
  expect([parse("1"), parse("10")]).toEqual([1, 10]);
  expect(() => parse("0")).toThrow("Expected a whole number from 1 to 10.");
  expect(() => parse("11")).toThrow("Expected a whole number from 1 to 10.");
});
