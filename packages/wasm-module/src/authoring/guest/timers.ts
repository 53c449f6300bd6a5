import { stopWaiting, waitForTime } from "./waits.ts";

type Callback = (...values: readonly unknown[]) => void;

const timers = new Map<number, ReturnType<typeof waitForTime>>();
let last = 0;
let failed: (error: unknown) => void = () => undefined;

/** Who hears of what a timer's callback throws. */
export function onTimerFailure(listener: (error: unknown) => void): void {
  failed = listener;
}

/** The standard's `setTimeout`; the time passes as a durable sleep. */
export function setTimeout(
  callback: Callback,
  milliseconds = 0,
  ...values: readonly unknown[]
): number {
  last += 1;
  const id = last;
  startTimer(id, milliseconds, () => {
    timers.delete(id);
    run(callback, values);
  });
  return id;
}

/** The standard's `setInterval`; a workflow that returns leaves it behind. */
export function setInterval(
  callback: Callback,
  milliseconds = 0,
  ...values: readonly unknown[]
): number {
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
  const wait = timers.get(Number(id));
  if (wait === undefined) return;
  stopWaiting(wait);
  timers.delete(Number(id));
}

function startTimer(id: number, milliseconds: number, timeIsUp: () => void): void {
  const delay = Number(milliseconds);
  timers.set(id, waitForTime(delay > 0 && delay < Infinity ? delay : 0, timeIsUp));
}

function run(callback: Callback, values: readonly unknown[]): void {
  try {
    callback(...values);
  } catch (error) {
    failed(error);
  }
}
