import { encodeHostAnswer, encodeHostCall } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import type { HistoryStep } from "../../engine/index.ts";
import { toTimeline } from "./timeline-rows.ts";

const config = { idempotent: false, timeout: { secs: 9n, nanos: 0 }, responseBodyLimit: 10n };
const start = Date.UTC(2026, 0, 1);
const iso = (second: number): string => new Date(start + second * 1_000).toISOString();

/** A step that calls an extension at one second and is answered at another. */
function asked(
  step: number,
  [at, answeredAt]: readonly [number, number | null],
  name: string,
  body: unknown,
  answer: unknown = {},
): HistoryStep {
  const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
  const url = `flawless:v1/${name}`;
  const call = encodeHostCall({
    kind: "HTTPRequest",
    request: { config, method: "POST", url, headers: [], body: base64(body) },
  });
  const response = { statusCode: 200, url, headers: [], body: base64(answer) };
  return {
    step,
    at: iso(at),
    answeredAt: answeredAt === null ? null : iso(answeredAt),
    call,
    answer:
      answeredAt === null
        ? null
        : encodeHostAnswer({ kind: "HTTPResponse", result: { kind: "Ok", response } }),
  };
}

const charge = { operation: 1, kind: "activity", queue: "q", name: "charge", input: 7 };

function rowsOf(
  steps: readonly HistoryStep[],
  endedAt: number | null = null,
): readonly (readonly unknown[])[] {
  return toTimeline({ steps, failedAttempts: [] }, endedAt).rows.map((row) => [
    row.step,
    row.words.what,
    row.words.outcome,
    (row.from - start) / 1_000,
    row.to === null ? null : (row.to - start) / 1_000,
    row.resultStep,
  ]);
}

describe("a timeline", () => {
  test("has one line for an operation and the step that got its result", () => {
    const steps = [
      asked(1, [0, 0], "begin", charge),
      asked(2, [0, 0], "begin", { operation: 2, kind: "sleep", ms: 3_000 }),
      asked(3, [0, 3], "wait", { operations: [1, 2] }, { operation: 2, result: {} }),
      asked(4, [3, 5], "wait", { operations: [1] }, { operation: 1, result: { value: "ok" } }),
    ];
    expect(rowsOf(steps)).toEqual([
      [1, "Activity charge(7)", '"ok"', 0, 5, 4],
      [2, "Slept 3 seconds", "", 0, 3, 3],
    ]);
  });

  test("shows operations that are running, that were given up, and that began on another page", () => {
    const steps = [
      asked(1, [0, 0], "begin", charge),
      asked(2, [1, 1], "begin", { ...charge, operation: 2 }),
      asked(3, [2, 2], "abort", { operation: 2 }),
      asked(4, [2, 4], "wait", { operations: [9] }, { operation: 9, result: { value: 1 } }),
    ];
    expect(rowsOf(steps)).toEqual([
      [1, "Activity charge(7)", "", 0, null, null],
      [2, "Activity charge(7)", "given up", 1, 2, 3],
      [4, "Waited for operation 9", '{"value":1}', 2, 4, null],
    ]);
    expect(rowsOf(steps, start + 8_000)[0]).toEqual([1, "Activity charge(7)", "", 0, 8, null]);
  });

  test("doesn't continue after the end of a workflow", () => {
    const fail = asked(1, [2, null], "fail", { error: { name: "E", message: "no" } });
    expect(rowsOf([fail])).toEqual([[1, "Failed: E: no", "", 2, 2, null]]);
  });

  test("separates log steps from the others", () => {
    const log: HistoryStep = {
      step: 2,
      at: iso(1),
      answeredAt: iso(1),
      call: '{"Log":{"Warn":"careful"}}',
      answer: '"Unit"',
    };
    const timeline = toTimeline(
      { steps: [asked(1, [0, 0], "state", { value: 1 }), log], failedAttempts: [] },
      null,
    );
    expect(timeline.rows.map(({ step }) => step)).toEqual([1]);
    expect(timeline.log).toMatchObject([{ step: 2, words: { level: "Warn", what: "careful" } }]);
  });

  test("gives each activity its failed attempts, by step or by operation", () => {
    const steps = [
      asked(1, [0, 9], "run", { ...charge, operation: undefined }, { value: 1 }),
      asked(2, [9, 9], "begin", charge),
    ];
    const attempt = { at: iso(1), nextAt: iso(2), error: "Busy: later" };
    const failedAttempts = [
      { ...attempt, operation: 0, step: 1 },
      { ...attempt, operation: 1, step: null },
      { ...attempt, operation: 1, step: null },
    ];
    const { rows } = toTimeline({ steps, failedAttempts }, null);
    expect(rows.map(({ failures }) => failures.length)).toEqual([1, 2]);
  });
});
