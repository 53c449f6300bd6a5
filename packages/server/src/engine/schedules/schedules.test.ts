import { describe, expect, test } from "vitest";
import type { ScheduleRequest } from "@flawless-ts/sdk/internal";
import { TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A workflow that ends at once, each full hour. */
const hourly: ScheduleRequest = {
  everyMs: hourMs,
  module: "conformance",
  workflow: "add",
  input: '{"a":1,"b":2}',
};

/** The times of all starts of the schedule `s`, in the order in which they were started: what their keys tell. */
async function startedAt(engine: TestEngine): Promise<readonly string[]> {
  const found = await engine.store.list({ limit: 1_000 });
  return found.toReversed().map(({ idempotencyKey }) => String(idempotencyKey).split("/")[2] ?? "");
}

function iso(hours: number, minutes = 0): string {
  return new Date(Date.UTC(2026, 0, 2, hours, minutes)).toISOString();
}

async function withSchedule(
  request: ScheduleRequest,
  options: TestEngineOptions = {},
): Promise<TestEngine> {
  const engine = await TestEngine.open(options);
  await engine.engine.schedules.create("s", request);
  return engine;
}

describe("a schedule", () => {
  test("starts its workflow once at each of its times", async () => {
    await using engine = await withSchedule(hourly);
    await engine.pass(3 * hourMs);
    expect(await startedAt(engine)).toEqual([iso(4), iso(5), iso(6)]);
    const described = await engine.engine.schedules.describe("s", { times: 2 });
    expect(described).toMatchObject({
      nextAt: iso(7),
      next: [iso(7), iso(8)],
      counts: { started: 3, skipped: 0, missed: 0, failed: 0 },
      last: [
        { at: iso(6), outcome: "started", kind: "time" },
        { at: iso(5), outcome: "started", kind: "time" },
        { at: iso(4), outcome: "started", kind: "time" },
      ],
    });
  });
});
