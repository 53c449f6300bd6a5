import { expect, test } from "vitest";
import type { Job } from "../control-plane/types.ts";
import { labelsOfJob } from "./job-labels.ts";

const url = "http://127.0.0.1:3020";
const job = { id: "job-7" } as Job;

test("a job's workflow has its own labels, and those that lead to the job", () => {
  expect(labelsOfJob(job, url, { order: "7" })).toEqual({
    "control-plane:job": "job-7",
    "control-plane:url": url,
    order: "7",
  });
});

test("its own labels come first", () => {
  const own = { "control-plane:job": "mine" };
  expect(labelsOfJob(job, url, own)).toMatchObject(own);
  const many = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`l${index}`, "x"]));
  expect(labelsOfJob(job, url, many)).toEqual(many);
});

test.each(["x".repeat(257), "a\nb", "\ud800"])("an id that can't be a label is none: %j", (id) => {
  expect(labelsOfJob({ id } as Job, url)).toEqual({ "control-plane:url": url });
});
