import { describe, expect, test } from "vitest";
import type { JobProgress, ProgressStatus } from "../queue/types.ts";
import { crawlShare } from "./crawl-share.ts";

const stages = ["Request", "Parse", "Done"] as const;

function report(status: ProgressStatus, urlsLeft: number, reports: number): JobProgress {
  return { status, url: "u", urlsLeft, reports, at: 0 };
}

describe("the share of a crawl", () => {
  test("goes up by one with each of the 30 reports of the workflow crawler", () => {
    const shares = Array.from({ length: 30 }, (_, index) =>
      crawlShare(report(stages[index % 3] ?? "Done", 9 - Math.floor(index / 3), index + 1)),
    );
    expect(shares).toEqual(
      Array.from({ length: 30 }, (_, index) => ({ sent: index + 1, expected: 30 })),
    );
  });

  test.each([
    ["some reports were lost", 21],
    ["some came twice", 34],
  ])("is whole at the end, also where %s", (_case, reports) => {
    expect(crawlShare(report("Done", 0, reports))).toEqual({ sent: reports, expected: reports });
  });

  test("stays finite whatever is reported", () => {
    expect(crawlShare(report("Error", Number.MAX_SAFE_INTEGER, 1)).expected).toBeGreaterThan(1);
  });
});
