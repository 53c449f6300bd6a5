import { describe, expect, test } from "vitest";
import type { ScheduleRequest } from "@flawless-ts/sdk/internal";
import { TestEngine } from "../../testing/test-engine.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const hourly: ScheduleRequest = { everyMs: hourMs, module: "conformance", workflow: "receive" };
/** Without a cron expression or a span. */
const base: ScheduleRequest = { module: "conformance", workflow: "receive" };

/** The engine begins at 3:04:05 on that day. */
function iso(hours: number, minutes = 0): string {
  return new Date(Date.UTC(2026, 0, 2, hours, minutes)).toISOString();
}

function refusal(code: string, message = ""): Error {
  return expect.objectContaining({
    code,
    message: expect.stringContaining(message) as string,
  }) as Error;
}

describe("creating a schedule", () => {
  test("is refused if there can be no times", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    for (const [request, message] of [
      [base, "a cron expression or a span of time"],
      [{ ...hourly, cron: "@daily" }, "got both"],
      [{ ...hourly, timeZone: "UTC" }, "A time zone goes with a cron expression"],
      [{ ...base, cron: "@daily", anchor: iso(1) }, "An anchor goes with a span of time"],
      [{ ...base, cron: "61 * * * *" }, '"61 * * * *" is no cron expression'],
      [{ ...base, cron: "@daily", timeZone: "Mars/X" }, "by its name in the IANA database"],
      [{ ...base, cron: "0 0 31 2 *" }, "a day that never comes"],
      [{ ...base, everyMs: 999 }, "the limit scheduleIntervalMs"],
      [{ ...base, everyMs: 0 }, "for everyMs"],
      [{ ...base, everyMs: 1_000.5 }, "for everyMs"],
      [{ ...hourly, catchUpMs: 9_999 }, "from 10000 to"],
      [{ ...hourly, catchUpMs: 367 * dayMs }, "for catchUpMs"],
      [{ ...base, everyMs: 1_000, catchUpMs: 2 * dayMs }, "up to 100000 missed ones"],
      [{ ...hourly, jitterMs: hourMs + 1 }, "a jitter of no more than"],
      [{ ...hourly, jitterMs: -1 }, "for jitterMs"],
      [{ ...hourly, anchor: "tomorrow" }, "for anchor"],
      [{ ...hourly, endsAt: "2026-01-01" }, "for endsAt"],
      [{ ...hourly, input: "{" }, "input is not JSON"],
    ] satisfies [ScheduleRequest, string][]) {
      await expect(schedules.create("s", request), message).rejects.toEqual(
        refusal("INVALID_REQUEST", message),
      );
    }
    expect((await schedules.list()).schedules).toEqual([]);
  });

  test.each(["", "a/b", "-a", "a b", "ä", "a".repeat(101)])("%j is no name", async (name) => {
    await using engine = await TestEngine.open();
    await expect(engine.engine.schedules.create(name, hourly)).rejects.toEqual(
      refusal("INVALID_REQUEST", "Expected a name"),
    );
  });

  test("is refused if there is nothing that it could start", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    const unknown = (change: Partial<ScheduleRequest>): Promise<unknown> =>
      schedules.create("s", { ...hourly, ...change });
    await expect(unknown({ module: "no" })).rejects.toEqual(refusal("MODULE_NOT_FOUND"));
    await expect(unknown({ version: "9" })).rejects.toEqual(refusal("MODULE_NOT_FOUND"));
    await expect(unknown({ workflow: "no" })).rejects.toEqual(refusal("WORKFLOW_NOT_FOUND"));
  });

  test("may be repeated, but is refused for a different one of the same name", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    const made = await schedules.create("s", hourly);
    engine.clock.advance(1);
    expect(await schedules.create("s", hourly)).toEqual(made);
    await schedules.pause("s");
    expect(await schedules.create("s", hourly)).toMatchObject({ createdAt: made.createdAt });
    for (const change of [{ everyMs: 2 * hourMs }, { input: "1" }, { overlap: "allow" }] as const) {
      await expect(schedules.create("s", { ...hourly, ...change })).rejects.toEqual(
        refusal("SCHEDULE_EXISTS"),
      );
    }
  });

  test("is refused if the max number of schedules exist, even after a restart", async () => {
    await using before = await TestEngine.open({ limits: { schedules: 2 } });
    await before.engine.schedules.create("a", hourly);
    await before.engine.schedules.create("b", hourly);
    await using after = await before.restart();
    const { schedules } = after.engine;
    await expect(schedules.create("c", hourly)).rejects.toEqual(refusal("LIMIT_REACHED"));
    await schedules.delete("a");
    await schedules.create("c", hourly);
  });
});

test("no call finds a schedule that does not exist", async () => {
  await using engine = await TestEngine.open();
  const { schedules } = engine.engine;
  const range = { from: iso(1), to: iso(2) };
  for (const ask of [
    schedules.describe("s"),
    schedules.update("s", {}),
    schedules.pause("s"),
    schedules.resume("s"),
    schedules.trigger("s", { key: "k" }),
    schedules.backfill("s", range),
    schedules.delete("s"),
  ]) {
    await expect(ask).rejects.toEqual(refusal("SCHEDULE_NOT_FOUND", '"s"'));
  }
});

test("a list comes in pages, by name", async () => {
  await using engine = await TestEngine.open();
  const { schedules } = engine.engine;
  for (const name of ["c", "a", "b"]) await schedules.create(name, hourly);
  const first = await schedules.list({ limit: 2 });
  expect(first.schedules.map(({ name }) => name)).toEqual(["a", "b"]);
  const second = await schedules.list({ limit: 2, cursor: first.cursor ?? "" });
  expect(second).toMatchObject({ schedules: [{ name: "c", nextAt: iso(4) }], cursor: null });
  await expect(schedules.list({ limit: 0 })).rejects.toEqual(refusal("INVALID_REQUEST"));
});

test("up to a hundred next times are listed", async () => {
  await using engine = await TestEngine.open();
  const { schedules } = engine.engine;
  await schedules.create("s", hourly);
  expect((await schedules.describe("s")).next).toHaveLength(10);
  expect((await schedules.describe("s", { times: 100 })).next).toHaveLength(100);
  await expect(schedules.describe("s", { times: 101 })).rejects.toEqual(refusal("INVALID_REQUEST"));
});

describe("changing a schedule", () => {
  test("keeps what is not given, and what it did", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    await schedules.create("s", { ...hourly, input: "1", overlap: "allow" });
    await engine.pass(hourMs);
    const changed = await schedules.update("s", { cron: "30 * * * *", input: "2" });
    expect(changed).toMatchObject({
      cron: "30 * * * *",
      timeZone: "UTC",
      everyMs: null,
      anchor: null,
      input: "2",
      overlap: "allow",
      nextAt: iso(4, 30),
      counts: { started: 1 },
    });
    expect(Date.parse(changed.updatedAt)).toBeGreaterThan(Date.parse(changed.createdAt));
    await engine.pass(hourMs);
    expect(await schedules.describe("s")).toMatchObject({
      last: [{ at: iso(4, 30) }, { at: iso(4) }],
    });
    const back = await schedules.update("s", { everyMs: hourMs, endsAt: iso(6), pausedAt: null });
    expect(back).toMatchObject({ cron: null, timeZone: null, everyMs: hourMs, endsAt: iso(6) });
    expect(await schedules.update("s", { endsAt: null })).toMatchObject({ endsAt: null });
  });

  test("starts no times that have passed", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    await schedules.create("s", { ...hourly, endsAt: iso(4), catchUpMs: minuteMs });
    await engine.pass(4 * hourMs);
    await schedules.update("s", { endsAt: null, catchUpMs: dayMs, everyMs: 30 * minuteMs });
    await engine.engine.whenIdle();
    expect(await schedules.describe("s")).toMatchObject({
      counts: { started: 1 },
      nextAt: iso(7, 30),
    });
  });

  test("is refused like creating one", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    await schedules.create("s", hourly);
    await expect(schedules.update("s", { module: "no" })).rejects.toEqual(
      refusal("MODULE_NOT_FOUND"),
    );
    await expect(schedules.update("s", { timeZone: "UTC" })).rejects.toEqual(
      refusal("INVALID_REQUEST", "A time zone goes with a cron expression"),
    );
  });
});

describe("a pause", () => {
  test("may be in the future, from its first moment on", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    await schedules.create("s", { ...hourly, overlap: "allow", pausedAt: iso(5) });
    await engine.pass(4 * hourMs);
    expect(await schedules.describe("s")).toMatchObject({ counts: { started: 1 }, nextAt: null });
    expect(await schedules.pause("s")).toMatchObject({ pausedAt: iso(5) });
    expect(await schedules.resume("s")).toMatchObject({ pausedAt: null, nextAt: iso(8) });
    expect(await schedules.resume("s")).toMatchObject({ pausedAt: null });
  });

  test("cancels a start that waits for an earlier one to end", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    await schedules.create("s", { ...hourly, overlap: "bufferOne" });
    await engine.pass(2 * hourMs);
    await schedules.pause("s");
    const { running, waitingAt, last } = await schedules.describe("s");
    expect(waitingAt).toBeNull();
    expect(last[0]).toMatchObject({ at: iso(5), outcome: "skipped" });
    await engine.engine.terminate(running[0] ?? "");
    await engine.engine.whenIdle();
    expect(await schedules.describe("s")).toMatchObject({ counts: { started: 1 } });
  });
});

describe("a manual start", () => {
  test("starts immediately, once for each key, even during a pause", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    await schedules.create("s", hourly);
    await schedules.pause("s");
    const first = await schedules.trigger("s", { key: "k" });
    expect(first).toMatchObject({ kind: "trigger", outcome: "started", error: null });
    expect(await schedules.trigger("s", { key: "k" })).toMatchObject({ workflow: first.workflow });
    expect(await engine.engine.list()).toMatchObject({ workflows: [{ id: first.workflow }] });
    expect(await schedules.describe("s")).toMatchObject({ running: [first.workflow] });
  });

  test("follows the schedule's overlap, or another one on request", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    await schedules.create("s", hourly);
    const trigger = async (key: string, overlap?: "allow" | "bufferOne"): Promise<string> =>
      (await schedules.trigger("s", { key, overlap })).outcome;
    expect(await trigger("a")).toBe("started");
    expect(await trigger("b")).toBe("skipped");
    expect(await trigger("c", "allow")).toBe("started");
    expect(await trigger("d", "bufferOne")).toBe("waiting");
    expect(await trigger("d", "bufferOne")).toBe("waiting");
    expect(await trigger("e", "bufferOne")).toBe("skipped");
    const { workflows } = await engine.engine.list();
    for (const { id } of workflows) await engine.engine.terminate(id);
    await engine.engine.whenIdle();
    expect((await engine.engine.list()).workflows).toHaveLength(3);
  });
});

describe("past times", () => {
  test("are started once each, side by side, including those that were missed", async () => {
    await using engine = await TestEngine.open();
    const { schedules } = engine.engine;
    await schedules.create("s", hourly);
    await engine.pass(hourMs);
    const range = { from: iso(1), to: iso(4) };
    expect(await schedules.backfill("s", range)).toEqual({ started: 3, startedBefore: 1 });
    expect(await schedules.backfill("s", range)).toEqual({ started: 0, startedBefore: 4 });
    expect((await engine.engine.list()).workflows).toHaveLength(4);
    // The start of a time does not wait for them.
    const { running } = await schedules.describe("s");
    await engine.engine.terminate(running[0] ?? "");
    await engine.pass(hourMs);
    expect((await schedules.describe("s")).last[0]).toMatchObject({
      at: iso(5),
      outcome: "started",
    });
  });

  test("are refused if they are in the future, or too many", async () => {
    await using engine = await TestEngine.open({ limits: { backfilledTimes: 3 } });
    const { schedules } = engine.engine;
    await schedules.create("s", hourly);
    const backfill = (from: string, to: string): Promise<unknown> =>
      schedules.backfill("s", { from, to });
    await expect(backfill(iso(1), iso(5))).rejects.toEqual(
      refusal("INVALID_REQUEST", "have passed"),
    );
    await expect(backfill(iso(2), iso(1))).rejects.toEqual(
      refusal("INVALID_REQUEST", "have passed"),
    );
    await expect(backfill(iso(0), iso(3))).rejects.toEqual(
      refusal("INVALID_REQUEST", "more than 3 times"),
    );
    expect(await backfill(iso(1), iso(3))).toEqual({ started: 3, startedBefore: 0 });
  });
});

test("a deleted schedule starts nothing more, and may be created again", async () => {
  await using engine = await TestEngine.open();
  const { schedules } = engine.engine;
  await schedules.create("s", { ...hourly, overlap: "allow" });
  await engine.pass(hourMs);
  await schedules.delete("s");
  await engine.pass(hourMs);
  expect((await engine.engine.list()).workflows).toHaveLength(1);
  expect(engine.clock.timers).toBe(0);
  await schedules.create("s", hourly);
  await engine.pass(hourMs);
  expect((await engine.engine.list()).workflows).toHaveLength(2);
});

test("nobody else can start a workflow with a key of schedules", async () => {
  await using engine = await TestEngine.open();
  const start = { module: "conformance", version: "1.0.0", workflow: "add", input: "null" };
  await expect(
    engine.engine.start({ ...start, idempotencyKey: `flawless:schedule/s/${iso(4)}` }),
  ).rejects.toEqual(refusal("INVALID_REQUEST", "those that schedules start by"));
});
