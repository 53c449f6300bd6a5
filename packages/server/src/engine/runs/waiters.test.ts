import { describe, expect, test, vi } from "vitest";
import { isSettled } from "../../testing/until.ts";
import { Waiters } from "./waiters.ts";

const nothing = (): void => undefined;

test("waiters for a workflow get what it was resolved with, others nothing", async () => {
  const waiters = new Waiters<string>();
  const first = waiters.wait(1, undefined, nothing);
  const second = waiters.wait(1, undefined, nothing);
  const other = waiters.wait(2, undefined, nothing);

  waiters.resolve(1, "done");

  expect(await Promise.all([first, second])).toEqual(["done", "done"]);
  expect(await isSettled(other)).toBe(false);
  expect(waiters.has(1)).toBe(false);
  expect(waiters.has(2)).toBe(true);
});

test("waiters for a workflow get its error", async () => {
  const waiters = new Waiters<string>();
  const waiting = waiters.wait(1, undefined, nothing);

  waiters.reject(1, new Error("failed"));

  await expect(waiting).rejects.toThrow("failed");
});

test("rejectAll reaches the waiters of every workflow", async () => {
  const waiters = new Waiters<string>();
  const waiting = [waiters.wait(1, undefined, nothing), waiters.wait(2, undefined, nothing)];

  waiters.rejectAll(new Error("closed"));

  const results = await Promise.allSettled(waiting);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect([waiters.has(1), waiters.has(2)]).toEqual([false, false]);
});

test("a value that nobody waits for is dropped", () => {
  const waiters = new Waiters<string>();

  waiters.resolve(1, "nobody hears it");

  expect(waiters.has(1)).toBe(false);
});

describe("a waiter that leaves", () => {
  test("gets its signal's reason; when the last one leaves, that is reported", async () => {
    const waiters = new Waiters<string>();
    const onLeave = vi.fn<() => void>();
    const leaving = [new AbortController(), new AbortController()] as const;
    const waiting = leaving.map(({ signal }) => waiters.wait(1, signal, onLeave));

    leaving[0].abort(new Error("first gone"));
    await expect(waiting[0]).rejects.toThrow("first gone");
    expect(onLeave).not.toHaveBeenCalled();
    expect(waiters.has(1)).toBe(true);

    leaving[1].abort(new Error("second gone"));
    await expect(waiting[1]).rejects.toThrow("second gone");
    expect(onLeave).toHaveBeenCalledTimes(1);
    expect(waiters.has(1)).toBe(false);
  });

  test("before it came never waits", async () => {
    const waiters = new Waiters<string>();
    const onLeave = vi.fn<() => void>();

    await expect(
      waiters.wait(1, AbortSignal.abort(new Error("gone before")), onLeave),
    ).rejects.toThrow("gone before");

    expect(onLeave).toHaveBeenCalledTimes(1);
    expect(waiters.has(1)).toBe(false);
  });

  test("after its answer came changes nothing", async () => {
    const waiters = new Waiters<string>();
    const onLeave = vi.fn<() => void>();
    const leaving = new AbortController();
    const waiting = waiters.wait(1, leaving.signal, onLeave);

    waiters.resolve(1, "done");
    leaving.abort();

    expect(await waiting).toBe("done");
    expect(onLeave).not.toHaveBeenCalled();
  });

  test("does not take along one that came later to wait for the same workflow", async () => {
    const waiters = new Waiters<string>();
    const leaving = new AbortController();
    const left = waiters.wait(1, leaving.signal, nothing);
    leaving.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");

    const later = waiters.wait(1, undefined, nothing);
    waiters.resolve(1, "done");

    expect(await later).toBe("done");
  });
});
