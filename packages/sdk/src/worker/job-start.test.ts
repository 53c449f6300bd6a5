import { describe, expect, test } from "vitest";
import type { Job } from "../control-plane/types.ts";
import type { JsonValue } from "@flawless-ts/wasm-module";
import { ServerRefusedError } from "../errors/index.ts";
import { crawlerStart, idempotencyKeyOf, isUnderOtherName, requestIdOf } from "./job-start.ts";

function job(id: string, payload: JsonValue = null, requestId: string | null = null): Job {
  return {
    id,
    status: "Claimed",
    payload,
    claimedBy: null,
    completedBy: null,
    assignedWorkerId: null,
    createdAt: 1000,
    updatedAt: 1000,
    startedAt: null,
    errorMessage: null,
    retryCount: 0,
    workerTypes: [],
    requestId,
  };
}

describe("crawlerStart", () => {
  test.each([
    ["payload", job("any", { id: 7, url: "u", more: true })],
    ["job's name", job("job-7", { url: "u" })],
  ])("takes the number from the %s", (_where, given) => {
    expect(crawlerStart(given)).toEqual({
      module: "crawler",
      version: "0.1.8",
      workflow: "start",
      input: { id: 7, url: "u" },
    });
  });

  test("keeps a number past 2^53 exact", () => {
    const id = 18_446_744_073_709_551_615n;
    expect(crawlerStart(job("any", { id, url: "u" })).input).toEqual({ id, url: "u" });
  });

  test.each([
    job("job-1", null),
    job("job-1", { id: -9_007_199_254_740_993n, url: "u" }),
    job("job-1", { id: 1 }),
    job("job-1", { id: 1, url: 5 }),
    job("any", { url: "u" }),
    job("job-1", { id: "7", url: "u" }),
    job("job-1", { id: -1, url: "u" }),
    job("job-1", { id: 1.5, url: "u" }),
  ])("refuses a job's payload without a number: %#", (given) => {
    expect(() => crawlerStart(given)).toThrow(/^Expected a .*but got /);
  });
});

describe("isUnderOtherName", () => {
  const refusal = { url: "u", status: 200, serverCode: null, workflowId: null };

  test.each([
    "Module not found",
    "module crawler:0.1.8 is not deployed",
    "the module `crawler` does not exist",
    "No such module",
    "unknown module crawler",
  ])("takes %j of the original server for a missing module", (serverMessage) => {
    expect(isUnderOtherName(new ServerRefusedError({ ...refusal, serverMessage }))).toBe(true);
  });

  test.each(["workflow start not found", "guest panicked: page not found", "out of memory"])(
    "takes %j for something else",
    (serverMessage) => {
      expect(isUnderOtherName(new ServerRefusedError({ ...refusal, serverMessage }))).toBe(false);
    },
  );
});

describe("idempotencyKeyOf", () => {
  test("is the job's id and the time it was published", () => {
    expect(idempotencyKeyOf(job("job-7"))).toBe("job-7@1000");
    expect(idempotencyKeyOf({ ...job("job-7"), retryCount: 2, updatedAt: 2000 })).toBe(
      "job-7@1000",
    );
    expect(idempotencyKeyOf({ ...job("job-7"), createdAt: 2000 })).toBe("job-7@2000");
  });

  test.each(["ü ß", "\ud800", "x".repeat(300), `${"x".repeat(300)}y`])(
    "is a fit header for the id %j",
    (id) => {
      expect(idempotencyKeyOf(job(id))).toMatch(/^[\x21-\x7e]{1,255}$/);
    },
  );

  test("differs for ids that are both too long", () => {
    const long = "x".repeat(300);
    expect(idempotencyKeyOf(job(long))).not.toBe(idempotencyKeyOf(job(`${long}y`)));
  });
});

test("requestIdOf is that of the publishing request, or the job's id in valid characters", () => {
  expect(requestIdOf(job("job-7", null, "request-1"))).toBe("request-1");
  expect(requestIdOf(job("job-7", null, "not fit"))).toBe("job-7");
  expect(requestIdOf(job("a b/ü"))).toBe("a_b__");
  expect(requestIdOf(job("x".repeat(200)))).toHaveLength(128);
});
