import { captureTimers, type Timers } from "@flawless-ts/server/internal";

const running = new Set<NodeJS.Timeout>();

/**
 * The real timers, captured when this module is loaded, so that `vi.useFakeTimers()` in a test stops neither the engine
 * nor time skipping.
 */
export const realTimers: Timers = counted(captureTimers());

/** The number of environments' timers that keep the event loop alive; they aren't a test's work. */
export function ownTimerCount(): number {
  return [...running].filter((timer) => timer.hasRef()).length;
}

/** Settled in the next turn of the event loop. */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => realTimers.setImmediate(resolve));
}

/** Settled after this many milliseconds of real time. */
export async function realPause(milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    realTimers.setTimeout(resolve, milliseconds);
  });
}

function counted(timers: Timers): Timers {
  const note = (timer: NodeJS.Timeout): NodeJS.Timeout => {
    running.add(timer);
    return timer;
  };
  const forget = (timer: NodeJS.Timeout | undefined): void => {
    if (timer !== undefined) running.delete(timer);
  };
  return {
    ...timers,
    setTimeout: (callback, milliseconds) => {
      const timer = timers.setTimeout(() => {
        forget(timer);
        callback();
      }, milliseconds);
      return note(timer);
    },
    clearTimeout: (timer) => {
      forget(timer);
      timers.clearTimeout(timer);
    },
    setInterval: (callback, milliseconds) => note(timers.setInterval(callback, milliseconds)),
    clearInterval: (timer) => {
      forget(timer);
      timers.clearInterval(timer);
    },
  };
}
