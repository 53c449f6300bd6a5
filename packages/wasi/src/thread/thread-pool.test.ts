import { EventEmitter } from "node:events";
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type * as pool from "./thread-pool.ts";

let lastThread = 0;

function newThread(): Worker {
  lastThread += 1;
  const thread = Object.assign(new EventEmitter(), {
    threadId: lastThread,
    ref: vi.fn<() => void>(),
    unref: vi.fn<() => void>(),
    terminate: vi.fn<() => Promise<number>>(() => Promise.resolve(1)),
  });
  return thread as unknown as Worker;
}

const startThread = vi.fn<() => Worker>();

/** A pool without idle threads. */
async function newPool(): Promise<typeof pool> {
  vi.resetModules();
  vi.spyOn(await import("./start-thread.ts"), "startThread").mockImplementation(startThread);
  return import("./thread-pool.ts");
}

beforeEach(() => {
  startThread.mockReset().mockImplementation(newThread);
  return () => vi.resetModules();
});

describe("the pool", () => {
  test("starts a thread if none is idle, otherwise takes an idle one", async () => {
    const { takeThread, giveBackThread } = await newPool();
    const [first, second] = [takeThread(), takeThread()];
    expect(second).not.toBe(first);
    await giveBackThread(first);
    expect(first.unref).toHaveBeenCalledOnce();
    expect(takeThread()).toBe(first);
    expect(first.ref).toHaveBeenCalledOnce();
    expect(startThread).toHaveBeenCalledTimes(2);
  });

  test("skips threads that have ended", async () => {
    const { takeThread, giveBackThread } = await newPool();
    const [first, second] = [takeThread(), takeThread()];
    await giveBackThread(first);
    Object.assign(first, { threadId: -1 });
    Object.assign(second, { threadId: -1 });
    await giveBackThread(second);
    const third = takeThread();
    expect([first, second]).not.toContain(third);
  });

  test("keeps no more idle threads than the machine can run at once", async () => {
    const { takeThread, giveBackThread } = await newPool();
    const threads = Array.from({ length: availableParallelism() + 1 }, takeThread);
    for (const thread of threads) await giveBackThread(thread);
    const ended = threads.map(({ terminate }) => vi.mocked(terminate).mock.calls.length);
    expect(ended).toEqual([...Array(availableParallelism()).fill(0), 1]);
  });

  test("an idle thread's crash breaks nothing else", async () => {
    const { takeThread } = await newPool();
    const thread = takeThread();
    expect(() => thread.emit("error", new Error("broken"))).not.toThrow();
  });
});
