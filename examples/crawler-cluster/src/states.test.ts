import { describe, expect, test } from "vitest";
import { exampleJob } from "./example-job.ts";
import { shareBar, statesLine } from "./states.ts";

test("statesLine counts the jobs of each state", () => {
  const jobs = [exampleJob({ status: "Pending" }), exampleJob({}), exampleJob({})];
  expect(statesLine(jobs)).toBe("Pending 1   Claimed 0   InProgress 0   Completed 2   Failed 0");
});

describe("shareBar", () => {
  test("is empty at the beginning and full at the end", () => {
    expect(shareBar(0, 270)).toBe(`${"░".repeat(20)}   0/270 reports`);
    expect(shareBar(270, 270)).toBe(`${"█".repeat(20)} 270/270 reports`);
  });

  test("doesn't exceed its width", () => {
    expect(shareBar(300, 270)).toBe(`${"█".repeat(20)} 300/270 reports`);
  });

  test("isn't full before the end", () => {
    expect(shareBar(269, 270)).toContain("░");
  });
});
