import { describe, expect, test } from "vitest";
import type { Job } from "../queue/types.ts";
import { summarize } from "./job-summary.ts";

const job: Job = {
  sequence: 4,
  id: "job-4",
  status: "Pending",
  payload: '{"id":4,"url":"https://example.com/"}',
  workerTypes: [],
  requestId: "r",
  claimedBy: null,
  completedBy: null,
  workerId: null,
  createdAt: 1_000,
  updatedAt: 2_000,
  startedAt: null,
  error: null,
  retries: 0,
  claims: 0,
  progress: null,
};

describe("a summary of a job", () => {
  test.each([
    ["the URL of a crawl", '{"id":4,"url":"https://example.com/"}', "https://example.com/"],
    ["the payload if the URL isn't text", '{"url":7}', '{"url":7}'],
    ["the payload if there is no URL", '{"depth":3}', '{"depth":3}'],
    ["a payload that isn't an object", '"text"', '"text"'],
    ["a payload that is null", "null", "null"],
  ])("tells %s", (_what, payload, subject) => {
    expect(summarize({ ...job, payload }).subject).toBe(subject);
  });

  test("is short, however long the texts are", () => {
    const long = "x".repeat(500_000);
    const progress = { status: "Parse", url: long, urlsLeft: 1, reports: 1, at: 3_000 } as const;
    for (const payload of [JSON.stringify({ url: long }), JSON.stringify(long)]) {
      const summary = summarize({ ...job, payload, error: long, progress });
      expect(JSON.stringify(summary).length).toBeLessThan(2_000);
      expect([summary.subject, summary.error].map((text) => text?.endsWith("…"))).toEqual([
        true,
        true,
      ]);
    }
  });

  test("names the worker that has the job or completed it", () => {
    expect(summarize({ ...job, claimedBy: "w" }).worker).toBe("w");
    expect(summarize({ ...job, completedBy: "node" }).worker).toBe("node");
  });

  test("counts a report as a change, even after the job's end", () => {
    const progress = { status: "Parse", url: "u", urlsLeft: 1, reports: 1, at: 3_000 } as const;
    expect(summarize(job).changedAt).toBe(2_000);
    expect(summarize({ ...job, progress }).changedAt).toBe(3_000);
  });
});
