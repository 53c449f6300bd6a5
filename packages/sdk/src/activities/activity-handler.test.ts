import { describe, expect, test } from "vitest";
import { defineActivities, defineActivity, type } from "@flawless-ts/wasm-module";
import { LogLines } from "../testing/log-lines.ts";
import { createActivityHandler } from "./activity-handler.ts";
import { ApplicationFailure } from "./application-failure.ts";

const activities = defineActivities({
  add: ({ a, b }: { a: number | bigint; b: number | bigint }) => BigInt(a) + BigInt(b),
  context: defineActivity({
    input: type<{ id: number }>(),
    run: ({ id }, activity) => ({
      id,
      attempt: activity.attempt,
      key: activity.idempotencyKey,
      queue: activity.queue,
    }),
  }),
  "fail it": () => {
    throw new ApplicationFailure("no", {
      details: { card: 9007199254740993n },
      nonRetryable: true,
      cause: new TypeError("limit"),
    });
  },
  flaky: () => {
    throw new RangeError("try again");
  },
});
const handler = createActivityHandler(activities, { maxRequestBytes: 100 });

function call(
  name: string,
  body = "null",
  headers: Record<string, string> = {},
): Promise<Response> {
  const url = `https://app.example/activities/${name}?x=1`;
  return handler(new Request(url, { method: "POST", body, headers }));
}

describe("activities behind a URL", () => {
  test("run, with exact numbers and the context from the headers", async () => {
    const added = await call("add", '{"a":9007199254740993,"b":1}');
    expect([added.status, await added.text()]).toEqual([200, "9007199254740994"]);
    expect(added.headers.get("content-type")).toContain("application/json");
    const headers = { "idempotency-key": "key-1", "x-activity-attempt": "3" };
    const told = await call("context", '{"id":7}', headers);
    expect(await told.json()).toEqual({ id: 7, attempt: 3, key: "key-1", queue: "" });
  });

  test("report what they threw, and whether to retry", async () => {
    const failed = await call("fail%20it");
    expect(failed.status).toBe(500);
    const text = await failed.text();
    expect(text).toContain('"details":{"card":9007199254740993}');
    expect(JSON.parse(text)).toMatchObject({
      error: {
        code: "FAILED",
        name: "ApplicationFailure",
        message: "no",
        retryable: false,
        stack: expect.stringContaining("activity-handler.test.ts"),
        cause: { name: "TypeError", message: "limit", cause: null },
      },
    });
    expect(await (await call("flaky")).json()).toMatchObject({
      error: { name: "RangeError", retryable: true },
    });
  });

  test("log failures", async () => {
    const logger = new LogLines();
    const logging = createActivityHandler(activities, { logger });
    await logging(new Request("https://app.example/flaky", { method: "POST" }));
    expect(logger.lines).toEqual(["warn: The attempt failed."]);
  });

  test.each([
    [404, "ACTIVITY_NOT_FOUND", "nothing", "null", {}],
    [404, "ACTIVITY_NOT_FOUND", "toString", "null", {}],
    [400, "INVALID_REQUEST", "add", "{", {}],
    [400, "INVALID_REQUEST", "add", "null", { "x-activity-attempt": "0" }],
    [413, "TOO_LARGE", "add", `"${"x".repeat(200)}"`, {}],
  ])("refuse with %i %s", async (status, code, name, body, headers) => {
    const refused = await call(name, body, headers);
    expect(refused.status).toBe(status);
    expect(await refused.json()).toMatchObject({ error: { code, retryable: false } });
  });

  test("refuse other methods", async () => {
    const refused = await handler(new Request("https://app.example/add"));
    expect(refused.status).toBe(405);
  });

  test("check their options", () => {
    expect(() => createActivityHandler({ x: 5 } as never)).toThrow(
      expect.objectContaining({ option: "activities.x" }),
    );
    expect(() => createActivityHandler(activities, { maxBytes: 5 } as never)).toThrow(
      expect.objectContaining({ option: "maxBytes" }),
    );
  });
});
