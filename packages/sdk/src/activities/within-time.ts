import type { Retrier } from "../worker/retrier.ts";
import type { HeldAttempt } from "./held-attempt.ts";
import type { AttemptResult } from "./run-activity.ts";

/** How much later than on the server an attempt times out here, in milliseconds, because the server must report it. */
const timeoutSlackMs = 250;
/** JavaScript's timers fire immediately for longer delays. */
const maxTimerMs = 2 ** 31 - 1;

/** Aborts the attempt when its time is over, but still waits for it to end. */
export async function withinTime(
  running: Promise<AttemptResult>,
  attempt: HeldAttempt,
  retrier: Retrier,
): Promise<AttemptResult> {
  // An activity that ends immediately needs no timer, which would cost more than many activities.
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
