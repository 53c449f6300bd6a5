import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ClientClosedError } from "../errors/index.ts";
import { CallScope, type CallLimits } from "./call-scope.ts";

const unlimited: CallLimits = {
  signal: undefined,
  timeoutMs: Infinity,
  timeoutAdvice: "Wait.",
  onEnd: () => undefined,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a scope that has ended leaves no timer and no listener, and reports its end", () => {
  const { signal } = new AbortController();
  const onEnd = vi.fn<CallLimits["onEnd"]>();
  const scope = new CallScope("Testing", { ...unlimited, signal, timeoutMs: 100, onEnd });
  expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([1, 1]);
  scope[Symbol.dispose]();
  expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([0, 0]);
  expect(onEnd.mock.calls).toEqual([[scope]]);
});

test("the remaining time shrinks until the timeout", () => {
  using scope = new CallScope("Testing", { ...unlimited, timeoutMs: 100 });
  vi.advanceTimersByTime(60);
  expect(scope.remainingMs).toBe(40);
  scope.check();
  vi.advanceTimersByTime(40);
  expect(() => scope.check()).toThrow("Testing took longer than 100 ms. Wait.");
});

test("a call without a timeout has no timer, and its time never runs out", () => {
  using scope = new CallScope("Testing", unlimited);
  expect([vi.getTimerCount(), scope.remainingMs]).toEqual([0, Infinity]);
});

test("the first end of a call is its reason", () => {
  const controller = new AbortController();
  using scope = new CallScope("Testing", {
    ...unlimited,
    signal: controller.signal,
    timeoutMs: 100,
  });
  scope.abort(new ClientClosedError());
  controller.abort();
  vi.advanceTimersByTime(100);
  expect(() => scope.check()).toThrow(expect.objectContaining({ code: "FLAWLESS_CLIENT_CLOSED" }));
});
