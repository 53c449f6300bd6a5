import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runLoad } from "./load.ts";

const hour = 3_600_000;

/** A call that takes this many milliseconds. */
function takes(milliseconds: number): () => Promise<void> {
  return () => new Promise((resolve) => setTimeout(resolve, milliseconds));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("runLoad", () => {
  test("keeps this many callers busy, each of which waits for its response", async () => {
    let [now, most] = [0, 0];
    const call = async (): Promise<void> => {
      now += 1;
      most = Math.max(most, now);
      await takes(10)();
      now -= 1;
    };
    const running = runLoad(call, 4, { durationMs: 100, maxMs: hour });
    await vi.advanceTimersByTimeAsync(200);
    const stretch = await running;
    expect(most).toBe(4);
    expect(stretch).toEqual({
      workflows: 40,
      workflowsPerSecond: 400,
      p50Ms: 10,
      p99Ms: 10,
      cut: false,
    });
  });

  test("waits for calls that began in time, and counts the time that they take", async () => {
    const running = runLoad(takes(300), 2, { durationMs: 100, maxMs: hour });
    await vi.advanceTimersByTimeAsync(1_000);
    const { workflows, workflowsPerSecond, p50Ms } = await running;
    expect(workflows).toBe(2);
    expect(workflowsPerSecond).toBeCloseTo(2 / 0.3);
    expect(p50Ms).toBe(300);
  });

  test("begins no more workflows than it should", async () => {
    const call = vi.fn<() => Promise<void>>(takes(1));
    const running = runLoad(call, 8, { durationMs: hour, workflows: 21, maxMs: hour });
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await running).workflows).toBe(21);
    expect(call).toHaveBeenCalledTimes(21);
  });

  test("gives up on unanswered calls, and counts them with the time so far", async () => {
    let calls = 0;
    const call = async (): Promise<void> => {
      calls += 1;
      await takes(calls === 1 ? 10 : hour)();
    };
    const running = runLoad(call, 3, { durationMs: 5, maxMs: 1_000 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await running).toEqual({
      workflows: 1,
      workflowsPerSecond: 1,
      p50Ms: 1_000,
      p99Ms: 1_000,
      cut: true,
    });
  });

  test("fails if a call fails, and begins no more", async () => {
    let calls = 0;
    const call = async (): Promise<void> => {
      calls += 1;
      await takes(calls)();
      throw new Error("no answer");
    };
    const running = runLoad(call, 2, { durationMs: hour, maxMs: hour });
    const outcome = running.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10);
    expect(await outcome).toEqual(new Error("no answer"));
    expect(calls).toBe(2);
  });
});
