import type { Retrier } from "../worker/retrier.ts";
import type { HeldAttempt } from "./held-attempt.ts";
import type { AttemptResult } from "./run-activity.ts";

/** So much later than the server, in milliseconds, an attempt's own timeout passes here: it is the server's to tell. */
const timeoutSlackMs = 250;
/** Timers of JavaScript run at once when asked for more. */
const maxTimerMs = 2 ** 31 - 1;

/** Aborts the attempt when its time is over; its end is waited for all the same. */
export async function withinTime(
  running: Promise<AttemptResult>,
  attempt: HeldAttempt,
  retrier: Retrier,
): Promise<AttemptResult> {
  // What is over at once needs no timer, which would cost more than many an activity.
  const early = await Promise.race([running, nextTurn()]);
  if (early !== undefined) return early;
  const over = new AbortController();
  const timeoutMs = attempt.task.timeoutMs + timeoutSlackMs;
  if (timeoutMs <= maxTimerMs) {
    void retrier.waitExactly(timeoutMs, over.signal).then(() => {
      if (!over.signal.aborted) attempt.abort("time-out");
    });
  }
  const result = await running;
  over.abort();
  return result;
}

async function nextTurn(): Promise<undefined> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  return undefined;
}
