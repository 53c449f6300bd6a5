import { describe, expect, test } from "vitest";
import { fdWrite } from "../calls/stream-calls.ts";
import { clockTimeGet, randomGet } from "../calls/world-calls.ts";
import { newHost, refusalOf } from "../testing/test-host.ts";
import { Mismatch, RecordedCalls, ReplayedCalls } from "./call-log.ts";
import type { WasiStep } from "./recording.ts";

const realtime = { clock: "realtime" };
const hello = { fd: 1, data: Buffer.from("hello") };

function record(): readonly WasiStep[] {
  const log = new RecordedCalls(newHost({ clock: 7 }).host);
  log.answer("clock_time_get", clockTimeGet, realtime);
  refusalOf(() => log.answer("clock_time_get", clockTimeGet, { clock: 9 }));
  log.answer("fd_write", fdWrite, hello);
  return JSON.parse(JSON.stringify(log.steps)) as WasiStep[];
}

function mismatchOf(call: () => unknown): [number, string, string] {
  try {
    throw new Error(`no mismatch, but ${JSON.stringify(call())}`);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return [error.step, error.recorded, error.came];
  }
}

describe("RecordedCalls", () => {
  test("record requests and answers", () => {
    expect(record()).toEqual([
      { call: "clock_time_get", asked: realtime, answer: { time: { integer: "7000000" } } },
      { call: "clock_time_get", asked: { clock: 9 }, errno: "inval" },
      {
        call: "fd_write",
        asked: { fd: 1, data: { text: "hello" } },
        answer: { written: 5, output: "stdout" },
      },
    ]);
  });
});

describe("ReplayedCalls", () => {
  test("answer as recorded, and write the outputs again", () => {
    const { host, outputs } = newHost({ clock: 1000 });
    const log = new ReplayedCalls(host, record(), { exitCode: 0 });
    expect(log.answer("clock_time_get", clockTimeGet, realtime)).toEqual({ time: 7_000_000n });
    expect(refusalOf(() => log.answer("clock_time_get", clockTimeGet, { clock: 9 }))).toBe("inval");
    expect(log.answer("fd_write", fdWrite, hello)).toEqual({ written: 5, output: "stdout" });
    expect(outputs.stdout).toBe("hello");
    expect(() => log.end({ exitCode: 0 })).not.toThrow();
  });

  test("stop at a different call, and at one with a different request", () => {
    const log = new ReplayedCalls(newHost().host, record(), { exitCode: 0 });
    expect(mismatchOf(() => log.answer("random_get", randomGet, { length: 8 }))).toEqual([
      1,
      'clock_time_get {"clock":"realtime"}',
      'random_get {"length":8}',
    ]);
    log.answer("clock_time_get", clockTimeGet, realtime);
    expect(mismatchOf(() => log.answer("clock_time_get", clockTimeGet, realtime))).toEqual([
      2,
      'clock_time_get {"clock":9}',
      'clock_time_get {"clock":"realtime"}',
    ]);
  });

  test("stop if the guest ends too early or too late", () => {
    const early = new ReplayedCalls(newHost().host, record(), { exitCode: 0 });
    expect(mismatchOf(() => early.end({ exitCode: 3 }))).toEqual([
      1,
      'clock_time_get {"clock":"realtime"}',
      "the end with code 3",
    ]);
    const late = new ReplayedCalls(newHost().host, [], { trap: "unreachable" });
    expect(mismatchOf(() => late.answer("random_get", randomGet, { length: 8 }))).toEqual([
      1,
      "the end by a trap (unreachable)",
      'random_get {"length":8}',
    ]);
  });

  test.each([
    [{ exitCode: 0 }, { exitCode: 1 }],
    [{ exitCode: 0 }, { trap: "unreachable" }],
    [{ trap: "unreachable" }, { exitCode: 0 }],
  ])("the recorded end %j is not %j", (recorded, came) => {
    const log = new ReplayedCalls(newHost().host, [], recorded);
    expect(mismatchOf(() => log.end(came))[0]).toBe(1);
  });

  test("the engine's text for a trap may differ", () => {
    const log = new ReplayedCalls(newHost().host, [], { trap: "unreachable" });
    expect(() => log.end({ trap: "unreachable executed" })).not.toThrow();
  });
});
