import { describe, expect, test } from "vitest";
import { exampleJob } from "./example-job.ts";
import { verdictOf } from "./verdict.ts";

const published = ["job-1", "job-2"];
const jobs = [exampleJob({ id: "job-1" }), exampleJob({ id: "job-2", retryCount: 1 })];
const ran = (...ids: number[]): { readonly input: string }[] =>
  ids.map((id) => ({ input: JSON.stringify({ id, url: "http://site/" }) }));

describe("verdictOf", () => {
  test("is good if every job is Completed and had one workflow", () => {
    expect(verdictOf(published, jobs, ran(1, 2))).toEqual({
      published: 2,
      completed: 2,
      handedOutAgain: 1,
      workflows: 2,
      ranOnce: 2,
      good: true,
    });
  });

  test.each(["Pending", "InProgress", "Failed"] as const)(
    "is bad with a job that is %s",
    (status) => {
      const [first] = jobs;
      const changed = [first ?? exampleJob({}), exampleJob({ id: "job-2", status })];
      expect(verdictOf(published, changed, ran(1, 2))).toMatchObject({ completed: 1, good: false });
    },
  );

  test("is bad if a job is lost", () => {
    expect(verdictOf(published, jobs.slice(1), ran(1, 2))).toMatchObject({ good: false });
  });

  test("is bad if a job ran twice", () => {
    expect(verdictOf(published, jobs, ran(1, 2, 2))).toMatchObject({
      workflows: 3,
      ranOnce: 1,
      good: false,
    });
  });

  test("is bad if a job that is Completed never ran", () => {
    expect(verdictOf(published, jobs, ran(1))).toMatchObject({ ranOnce: 1, good: false });
  });

  test("is bad if a workflow belongs to no job", () => {
    expect(verdictOf(published, jobs, ran(1, 2, 3))).toMatchObject({ ranOnce: 2, good: false });
  });
});
