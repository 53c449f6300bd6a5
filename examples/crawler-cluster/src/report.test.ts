import { describe, expect, test } from "vitest";
import { withoutEarlyEnd, type Report } from "./report.ts";

const report: Report = { id: 1, status: "Done", url: "last", urls_left: 0 };

describe("withoutEarlyEnd", () => {
  test("doesn't change the last report", () => {
    expect(withoutEarlyEnd(report)).toEqual(report);
  });

  test("does not let the end of a round end the job", () => {
    expect(withoutEarlyEnd({ ...report, urls_left: 9 })).toEqual({
      ...report,
      urls_left: 9,
      status: "Parse",
    });
  });

  test("leaves other reports as they are", () => {
    const request: Report = { ...report, status: "Request", urls_left: 9 };
    expect(withoutEarlyEnd(request)).toEqual(request);
  });
});
