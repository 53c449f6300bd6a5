import { describe, expect, test } from "vitest";
import { CronTimes } from "./cron-times.ts";

/** The next times, as UTC without seconds and the year. */
function nextTimes(
  expression: string,
  timeZone: string,
  after: string,
  count: number,
): readonly string[] {
  const times = new CronTimes(expression, timeZone);
  const found: string[] = [];
  let last: number | undefined = Date.parse(after);
  while (found.length < count && last !== undefined) {
    last = times.next(last);
    if (last !== undefined) {
      found.push(new Date(last).toISOString().slice(5, 16));
    }
  }
  return found;
}

describe("when clocks are set forward", () => {
  test.each([
    // Europe/Berlin: 02:00 becomes 03:00 at 01:00 UTC.
    [
      "a time that they skip is due when the gap is over",
      "30 2 * * *",
      ["03-29T01:00", "03-30T00:30"],
    ],
    ["so is the first one of the gap", "0 2 * * *", ["03-29T01:00", "03-30T00:00"]],
    [
      "several times of the gap are due once",
      "0,30 2 * * *",
      ["03-29T01:00", "03-30T00:00", "03-30T00:30"],
    ],
    [
      "one beside the gap is not due twice",
      "0 2,3 * * *",
      ["03-29T01:00", "03-30T00:00", "03-30T01:00"],
    ],
    [
      "every hour is due once",
      "0 * * * *",
      ["03-28T23:00", "03-29T00:00", "03-29T01:00", "03-29T02:00"],
    ],
    [
      "every half hour is due once",
      "*/30 * * * *",
      ["03-28T23:00", "03-28T23:30", "03-29T00:00", "03-29T00:30", "03-29T01:00", "03-29T01:30"],
    ],
  ])("%s", (_what, expression, expected) => {
    expect(nextTimes(expression, "Europe/Berlin", "2026-03-28T22:45:00Z", expected.length)).toEqual(
      expected,
    );
  });
});

describe("when clocks are set back", () => {
  test.each([
    // Europe/Berlin: 03:00 becomes 02:00 at 01:00 UTC.
    [
      "a time that they show twice is due the first time",
      "30 2 * * *",
      ["10-25T00:30", "10-26T01:30"],
    ],
    ["so are several of them", "0,30 2 * * *", ["10-25T00:00", "10-25T00:30", "10-26T01:00"]],
    [
      "so are those of a range of hours",
      "30 1-3 * * *",
      ["10-24T23:30", "10-25T00:30", "10-25T02:30"],
    ],
    [
      "every hour that passes is due",
      "0 * * * *",
      ["10-24T23:00", "10-25T00:00", "10-25T01:00", "10-25T02:00"],
    ],
    [
      "every half hour that passes is due",
      "*/30 * * * *",
      [
        "10-24T23:00",
        "10-24T23:30",
        "10-25T00:00",
        "10-25T00:30",
        "10-25T01:00",
        "10-25T01:30",
        "10-25T02:00",
      ],
    ],
    [
      "every second hour is due when the hour of a time is shown",
      "0 */2 * * *",
      ["10-25T00:00", "10-25T01:00", "10-25T03:00"],
    ],
    [
      "the nickname of every hour is one",
      "@hourly",
      ["10-24T23:00", "10-25T00:00", "10-25T01:00", "10-25T02:00"],
    ],
    ["the nickname of every day is none", "@daily", ["10-25T23:00", "10-26T23:00"]],
  ])("%s", (_what, expression, expected) => {
    expect(nextTimes(expression, "Europe/Berlin", "2026-10-24T22:45:00Z", expected.length)).toEqual(
      expected,
    );
  });

  test("the starting point in the repeated hour does not matter", () => {
    expect(nextTimes("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1)).toEqual([
      "10-26T01:30",
    ]);
    expect(nextTimes("*/30 * * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1)).toEqual([
      "10-25T01:30",
    ]);
    expect(nextTimes("* * * * *", "Europe/Berlin", "2026-10-25T00:59:30Z", 2)).toEqual([
      "10-25T01:00",
      "10-25T01:01",
    ]);
  });
});

test.each([
  ["America/New_York", "2026-03-08T06:00:00Z", "30 2 * * *", ["03-08T07:00", "03-09T06:30"]],
  ["America/New_York", "2026-11-01T04:30:00Z", "30 1 * * *", ["11-01T05:30", "11-02T06:30"]],
  // By half an hour only.
  ["Australia/Lord_Howe", "2026-10-03T14:00:00Z", "15 2 * * *", ["10-03T15:30", "10-04T15:15"]],
  [
    "Australia/Lord_Howe",
    "2026-04-04T13:45:00Z",
    "*/30 * * * *",
    ["04-04T14:00", "04-04T14:30", "04-04T15:00", "04-04T15:30"],
  ],
  // South of the equator, and at midnight.
  ["America/Santiago", "2026-09-06T03:00:00Z", "0 0 * * *", ["09-06T04:00", "09-07T03:00"]],
  ["America/Santiago", "2026-04-04T12:00:00Z", "30 23 * * *", ["04-05T02:30", "04-06T03:30"]],
  // A day that did not exist.
  [
    "Pacific/Apia",
    "2011-12-29T11:00:00Z",
    "0 2 * * *",
    ["12-29T12:00", "12-30T10:00", "12-30T12:00"],
  ],
  // Offsets that are not whole hours.
  ["Asia/Kathmandu", "2026-01-01T00:00:00Z", "0 9 * * *", ["01-01T03:15", "01-02T03:15"]],
  ["UTC", "2026-01-01T00:00:00Z", "0 9 * * *", ["01-01T09:00", "01-02T09:00"]],
])("clocks of %s after %s: %s", (zone, after, expression, expected) => {
  expect(nextTimes(expression, zone, after, expected.length)).toEqual(expected);
});

test.each([
  ["leap days", "0 0 29 2 *", ["2028-02-29", "2032-02-29"]],
  ["the last day of a month", "0 0 L * *", ["2026-01-31", "2026-02-28", "2026-03-31"]],
  ["months that have 31 days", "0 0 31 * *", ["2026-01-31", "2026-03-31", "2026-05-31"]],
  ["the second Monday", "0 0 * * mon#2", ["2026-01-12", "2026-02-09"]],
  [
    "a day of the month, and a day of the week",
    "0 0 13 * fri",
    ["2026-01-02", "2026-01-09", "2026-01-13"],
  ],
  ["the turn of the year", "@yearly", ["2027-01-01", "2028-01-01"]],
])("%s", (_what, expression, expected) => {
  const times = new CronTimes(expression, "UTC");
  let last = Date.UTC(2026, 0, 1, 12);
  for (const day of expected) {
    last = times.next(last) ?? Number.NaN;
    expect(new Date(last).toISOString()).toBe(`${day}T00:00:00.000Z`);
  }
});

test("every second of the hours in which clocks change comes once", () => {
  for (const start of ["2026-03-29T00:59:00Z", "2026-10-25T00:59:00Z", "2026-10-25T01:59:00Z"]) {
    const times = new CronTimes("* * * * * *", "Europe/Berlin");
    for (let at = Date.parse(start), seconds = 0; seconds < 120; seconds += 1) {
      expect(times.next(at + 1)).toBe(at + 1_000);
      at += 1_000;
    }
  }
});

test("a day that never comes is never due", () => {
  expect(new CronTimes("0 0 30 2 *", "UTC").next(0)).toBeUndefined();
});

test.each([
  ["", "expected five fields"],
  ["* * *", "expected five fields"],
  ["* * * * * * 2030", "expected five fields"],
  ["2026-01-01T00:00:00", "expected five fields"],
  ["@every 5m", "expected five fields"],
  ["60 * * * *", "60"],
  ["a * * * *", "illegal characters"],
  ["* * * * *".padEnd(300), "more than 200 characters"],
])("%j is no expression", (expression, message) => {
  expect(() => new CronTimes(expression, "UTC")).toThrow(message);
});

test.each(["Mars/Olympus", "", "+02:00", "Europe/Berlin; --"])("%j is no time zone", (zone) => {
  expect(() => new CronTimes("@daily", zone)).toThrow("unknown time zone");
});
