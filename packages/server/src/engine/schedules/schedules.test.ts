import { describe, expect, test } from "vitest";
import type { ScheduleRequest } from "@flawless-ts/sdk/internal";
import type { ScheduleDescription } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { TestEngine, type TestEngineOptions } from "../../testing/test-engine.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A workflow that ends immediately, each full hour. */
const hourly: ScheduleRequest = {
  everyMs: hourMs,
  module: "conformance",
  workflow: "add",
  input: '{"a":1,"b":2}',
};
/** One that runs until it is sent a message, each full hour. */
const waits: ScheduleRequest = { everyMs: hourMs, module: "conformance", workflow: "receive" };

/** The engine begins at 3:04:05 on that day. */
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

/** The times of the starts of the schedule `s`, from their keys, in the order in which they were started. */
async function startedAt(engine: TestEngine): Promise<readonly string[]> {
  const found = await engine.store.list({ limit: 1_000 });
  return found
    .toReversed()
    .map(({ idempotencyKey }) => String(idempotencyKey).split("/").slice(2).join("/"));
}

function describeOf(engine: TestEngine): Promise<ScheduleDescription> {
  return engine.engine.schedules.describe("s");
}

async function outcomes(engine: TestEngine): Promise<readonly string[]> {
  const { last } = await describeOf(engine);
  return last.toReversed().map(({ at, outcome }) => `${at.slice(11, 16)} ${outcome}`);
}

describe("a schedule", () => {
  test("starts its workflow once at each of its times", async () => {
    await using engine = await withSchedule(hourly);
    await engine.pass(3 * hourMs);
    expect(await startedAt(engine)).toEqual([iso(4), iso(5), iso(6)]);
    expect(await engine.engine.schedules.describe("s", { times: 2 })).toMatchObject({
      nextAt: iso(7),
      next: [iso(7), iso(8)],
      running: [],
      counts: { started: 3, skipped: 0, missed: 0, failed: 0 },
      last: [
        { at: iso(6), outcome: "started", kind: "time", error: null },
        { at: iso(5), outcome: "started", kind: "time" },
        { at: iso(4), outcome: "started", kind: "time" },
      ],
    });
  });

  test("gives each start its name and time as labels, and the input", async () => {
    await using engine = await withSchedule(hourly);
    await engine.pass(hourMs);
    const [started] = await engine.store.list({ limit: 1 });
    expect(started).toMatchObject({
      labels: { "flawless:schedule": "s", "flawless:scheduled-at": iso(4) },
      idempotencyKey: `flawless:schedule/s/${iso(4)}`,
      response: "3",
    });
  });

  test("follows a cron expression in its time zone", async () => {
    const { everyMs: _everyMs, ...rest } = hourly;
    await using engine = await withSchedule({
      ...rest,
      cron: "30 9-10 * * *",
      timeZone: "Europe/Berlin",
    });
    await engine.pass(24 * hourMs);
    expect(await startedAt(engine)).toEqual([iso(8, 30), iso(9, 30)]);
  });

  test("ends after its end, which may be its last time", async () => {
    await using engine = await withSchedule({ ...hourly, endsAt: iso(5) });
    await engine.pass(5 * hourMs);
    expect(await startedAt(engine)).toEqual([iso(4), iso(5)]);
    expect((await describeOf(engine)).nextAt).toBeNull();
    expect(engine.clock.timers).toBe(0);
  });

  test("delays each start by its jitter, but keeps the scheduled time", async () => {
    await using engine = await withSchedule({ ...hourly, jitterMs: hourMs });
    await engine.pass(10 * hourMs);
    const all = (await engine.store.list({ limit: 100 })).toReversed();
    const delays = all.map(({ createdAt, idempotencyKey }) => {
      return createdAt - Date.parse(String(idempotencyKey).split("/")[2] ?? "");
    });
    expect(all.length).toBeGreaterThan(8);
    expect(new Set(delays).size).toBe(delays.length);
    expect(delays.every((delay) => delay >= 0 && delay < hourMs)).toBe(true);
  });

  test("uses the version that was deployed last, unless it names one", async () => {
    await using engine = await TestEngine.open({ module: "conformance" });
    const { schedules } = engine.engine;
    await schedules.create("newest", hourly);
    await schedules.create("pinned", { ...hourly, version: "1.0.0" });
    const [first] = await engine.engine.modules();
    engine.clock.advance(minuteMs);
    // Another version of the same module: the name in its bytes, with a version of the same length.
    const bytes = Buffer.from(fixtureBytes("conformance"));
    const other = Buffer.from(bytes.toString("latin1").replaceAll("1.0.0", "1.0.1"), "latin1");
    const { version } = await engine.engine.deploy(other);
    expect(version).toBe("1.0.1");
    await engine.pass(hourMs);
    const started = await engine.store.list({ limit: 10 });
    const versions = Object.fromEntries(
      started.map((each) => [each.labels["flawless:schedule"], each.version]),
    );
    expect(versions).toEqual({ newest: "1.0.1", pinned: first?.version });
  });
});

describe("if an earlier start is still running", () => {
  test("a time is skipped", async () => {
    await using engine = await withSchedule(waits);
    await engine.pass(2 * hourMs);
    const { running, counts } = await describeOf(engine);
    expect(await outcomes(engine)).toEqual(["04:00 started", "05:00 skipped"]);
    expect(counts).toMatchObject({ started: 1, skipped: 1 });
    await engine.send(running[0] ?? "", "approve", {});
    await engine.pass(hourMs);
    expect(await outcomes(engine)).toEqual(["04:00 started", "05:00 skipped", "06:00 started"]);
  });

  test("one start waits for its end, and no other", async () => {
    await using engine = await withSchedule({ ...waits, overlap: "bufferOne" });
    await engine.pass(3 * hourMs);
    expect(await outcomes(engine)).toEqual(["04:00 started", "05:00 waiting", "06:00 skipped"]);
    const { running, waitingAt } = await describeOf(engine);
    expect(waitingAt).toBe(iso(5));
    await engine.send(running[0] ?? "", "approve", {});
    expect(await outcomes(engine)).toEqual(["04:00 started", "06:00 skipped", "05:00 started"]);
    expect(await startedAt(engine)).toEqual([iso(4), iso(5)]);
    expect((await describeOf(engine)).waitingAt).toBeNull();
  });

  test("a waiting start begins after a restart if the other one ended meanwhile", async () => {
    await using before = await withSchedule({ ...waits, overlap: "bufferOne" });
    await before.pass(2 * hourMs);
    const { running } = await describeOf(before);
    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await startedAt(after)).toEqual([iso(4)]);
    await after.engine.terminate(running[0] ?? "");
    await after.engine.whenIdle();
    expect(await startedAt(after)).toEqual([iso(4), iso(5)]);
  });

  test("both may run", async () => {
    await using engine = await withSchedule({ ...waits, overlap: "allow" });
    await engine.pass(3 * hourMs);
    expect(await outcomes(engine)).toEqual(["04:00 started", "05:00 started", "06:00 started"]);
    expect((await describeOf(engine)).running).toHaveLength(3);
  });

  test("it is cancelled, and the new one starts as soon as it has ended", async () => {
    const script = JSON.stringify([
      { call: { RecvMessage: [null, ["flawless:cancel"]] } },
      { call: { Sleep: { secs: 30, nanos: 0 } } },
    ]);
    await using engine = await withSchedule(
      { ...waits, module: "extensions", workflow: "script", input: script, overlap: "cancelOther" },
      { module: "extensions" },
    );
    await engine.pass(2 * hourMs - 4 * minuteMs);
    expect(await outcomes(engine)).toEqual(["04:00 started", "05:00 waiting"]);
    const [first] = await engine.store.list({ limit: 1 });
    expect(first?.cancelBy).not.toBeNull();
    await engine.pass(minuteMs);
    expect(await outcomes(engine)).toEqual(["04:00 started", "05:00 started"]);
    const [second] = await engine.store.list({ limit: 1 });
    expect(second?.createdAt).toBe(Date.parse(iso(5)) + 30_000);
  });

  test("a workflow that does not handle cancellation ends immediately", async () => {
    await using engine = await withSchedule({ ...waits, overlap: "cancelOther" });
    await engine.pass(3 * hourMs);
    expect(await startedAt(engine)).toEqual([iso(4), iso(5), iso(6)]);
    const all = await engine.store.list({ limit: 3 });
    expect(all.map(({ status }) => status)).toEqual(["running", "cancelled", "cancelled"]);
  });
});

describe("a start that fails", () => {
  test("does not end the schedule, and is reported", async () => {
    await using engine = await TestEngine.open({ limits: { textCharacters: 1_000 } });
    const request = { ...hourly, input: JSON.stringify("x".repeat(900)) };
    await engine.engine.schedules.create("s", request);
    await using after = await engine.restart({ limits: { textCharacters: 100 } });
    await after.pass(2 * hourMs);
    const { counts, last, nextAt } = await describeOf(after);
    expect(counts).toMatchObject({ started: 0, failed: 2 });
    expect(last[0]).toMatchObject({
      at: iso(5),
      outcome: "failed",
      workflow: null,
      error: { code: "INVALID_REQUEST", message: expect.stringContaining("input") as string },
    });
    expect(nextAt).toBe(iso(6));
  });

  test("because of a limit is tried again, as long as it may be late", async () => {
    await using engine = await TestEngine.open({ limits: { runningWorkflows: 1 } });
    const first = await engine.launch("receive");
    await engine.engine.schedules.create("s", hourly);
    await engine.pass(hourMs + minuteMs);
    expect(await startedAt(engine)).toEqual([""]);
    await engine.send(first, "approve", {});
    await engine.pass(minuteMs);
    expect((await startedAt(engine)).slice(1)).toEqual([iso(4)]);
  });
});

describe("a missed time", () => {
  test("is started late, within the catch-up window", async () => {
    await using before = await withSchedule({ ...hourly, catchUpMs: 2 * hourMs, overlap: "allow" });
    await before.engine.kill();
    before.clock.set(Date.parse(iso(9, 30)));
    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await startedAt(after)).toEqual([iso(8), iso(9)]);
    expect((await describeOf(after)).counts).toMatchObject({ started: 2, missed: 4 });
  });

  test("during a pause is not started", async () => {
    await using engine = await withSchedule({ ...hourly, overlap: "allow" });
    await engine.engine.schedules.pause("s");
    await engine.pass(2 * hourMs);
    expect(await describeOf(engine)).toMatchObject({
      nextAt: null,
      pausedAt: iso(3, 4).replace("00.000", "05.000"),
    });
    await engine.engine.schedules.resume("s");
    await engine.pass(hourMs);
    expect(await startedAt(engine)).toEqual([iso(6)]);
  });
});

describe("if the clock is set", () => {
  test("back, no time is started twice, and later ones continue", async () => {
    await using engine = await withSchedule(hourly);
    await engine.pass(3 * hourMs);
    engine.clock.set(Date.parse(iso(4, 30)));
    engine.engine.schedules.watchClock();
    await engine.pass(3 * hourMs);
    expect(await startedAt(engine)).toEqual([iso(4), iso(5), iso(6), iso(7)]);
  });

  test("far ahead and back, the times between are started as they come", async () => {
    await using engine = await withSchedule({ ...hourly, catchUpMs: hourMs });
    const years = Date.UTC(2060, 5, 1, 0, 30);
    engine.clock.set(years);
    await using after = await engine.restart();
    await after.engine.whenIdle();
    after.engine.schedules.watchClock();
    after.clock.set(Date.parse(iso(4, 30)));
    after.engine.schedules.watchClock();
    await after.pass(2 * hourMs);
    expect(await startedAt(after)).toEqual([
      new Date(years - 30 * minuteMs).toISOString(),
      iso(4),
      iso(5),
      iso(6),
    ]);
  });

  test("to before it was created, it begins then", async () => {
    await using engine = await withSchedule({ ...hourly, catchUpMs: hourMs });
    engine.clock.set(Date.parse(iso(0, 30)));
    engine.engine.schedules.watchClock();
    await engine.pass(2 * hourMs);
    expect(await startedAt(engine)).toEqual([iso(1), iso(2)]);
  });
});
