import { markupOf } from "@flawless-ts/http-service/pages";
import { expect, test } from "vitest";
import { jobLink } from "./job-link.ts";

test("a workflow links to its job", () => {
  const link = jobLink({
    "control-plane:job": "job/7",
    "control-plane:url": "http://plane:3020",
  });
  expect(link === null ? "" : markupOf(link)).toContain(
    'href="http://plane:3020/dashboard/job/job%2F7"',
  );
});

test.each([
  {},
  { "control-plane:job": "job-7" },
  { "control-plane:job": "job-7", "control-plane:url": "javascript:alert(1)" },
  { "control-plane:job": "job-7", "control-plane:url": "http://" },
  { "control-plane:job": "job-7", "control-plane:url": "endpointabc" },
])("labels without a valid address make no link: %j", (labels) => {
  expect(jobLink(labels)).toBeNull();
});
