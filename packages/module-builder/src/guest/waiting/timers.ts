import { maxDurationMs } from "@flawless-ts/wasm-module/internal/guest";
import { shared } from "../shared.ts";

type Callback = (...values: readonly unknown[]) => void;

const timers = new Map<number, ReturnType<typeof shared.waitForTime>>();
let last = 0;

/** The standard's `setTimeout`, as a durable sleep. */
export function setTimeout(
  callback: Callback,
  milliseconds = 0,
  ...values: readonly unknown[]
): number {
  refuseOther(callback, "setTimeout");
  last += 1;
  const id = last;
  startTimer(id, milliseconds, () => {
    timers.delete(id);
    run(callback, values);
  });
  return id;
}

/** The standard's `setInterval`; it doesn't keep a workflow from ending. */
export function setInterval(
  callback: Callback,
  milliseconds = 0,
  ...values: readonly unknown[]
): number {
  refuseOther(callback, "setInterval");
  last += 1;
  const id = last;
  const tick = (): void => {
    startTimer(id, milliseconds, tick);
    run(callback, values);
  };
  startTimer(id, milliseconds, tick);
  return id;
}

/** The standard's `clearTimeout` and `clearInterval`. */
export function clearTimer(id: unknown): void {
  const key = typeof id === "string" ? Number(id) : (id as number);
  const wait = timers.get(key);
  if (wait === undefined) return;
  shared.stopWaiting(wait);
  timers.delete(key);
}

/** As in Node, code in a string is not a callback. */
function refuseOther(callback: unknown, name: string): void {
  if (typeof callback === "function") return;
  throw new TypeError(`expected a function for ${name} to call, but got ${typeof callback}`);
}

function startTimer(id: number, milliseconds: number, timeIsUp: () => void): void {
  const delay = Number(milliseconds);
  const time = delay > 0 && delay < Infinity ? Math.min(delay, maxDurationMs) : 0;
  timers.set(id, shared.waitForTime(time, timeIsUp));
}

function run(callback: Callback, values: readonly unknown[]): void {
  try {
    callback(...values);
  } catch (error) {
    shared.callbackFailed(error);
  }
}
