import { expect, test } from "vitest";
import { intentLine, resultLine, stepLine } from "./journal-line.ts";
import { addSizes, emptyJournal, excessOf, sizeOf } from "./journal-size.ts";

test("a call is one step, whether it was answered immediately, later or not yet", () => {
  const lines = [
    stepLine(1, '"TimeNow"', "5"),
    intentLine(2, '"Sleep"', "9"),
    resultLine(9, '"R"'),
    intentLine(9, '"Sleep"', "20"),
  ];

  expect(sizeOf(lines.join("")).steps).toBe(3);
  expect(lines.map(sizeOf).reduce(addSizes, emptyJournal)).toEqual(sizeOf(lines.join("")));
});

test("bytes are counted, not characters", () => {
  expect(sizeOf("é\u{1F600}\n").bytes).toBe(7);
  expect(sizeOf("")).toEqual(emptyJournal);
});

test("only what exceeds a limit is too much, and the message names the limit", () => {
  const limits = { journalBytes: 100, journalSteps: 10 };

  expect(excessOf({ bytes: 100, steps: 10 }, limits)).toBeUndefined();
  expect(excessOf({ bytes: 101, steps: 10 }, limits)).toContain("limit of 100 bytes");
  expect(excessOf({ bytes: 100, steps: 11 }, limits)).toContain("limit of 10 steps");
});
