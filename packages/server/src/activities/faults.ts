import type { ActivityErrorCode, ActivityFault } from "./activity-task.ts";
import type { ResolvedPolicy } from "./resolved-policy.ts";
import type { RunningAttempt } from "./task-state.ts";

/** For a timeout, each gets its milliseconds. */
const texts: Readonly<Record<Exclude<ActivityErrorCode, "FAILED">, (ms: number) => string>> = {
  SCHEDULE_TO_START_TIMEOUT: (ms) =>
    `No worker took the activity within ${ms} ms. Does one run for its queue, and know the activity?`,
  START_TO_CLOSE_TIMEOUT: (ms) => `The attempt took longer than its time-out of ${ms} ms.`,
  SCHEDULE_TO_CLOSE_TIMEOUT: (ms) =>
    `The activity, with all its attempts, took longer than its time-out of ${ms} ms.`,
  HEARTBEAT_TIMEOUT: (ms) => `The attempt did not call heartbeat() for ${ms} ms.`,
  WORKER_LOST: () => "The worker that ran the attempt is gone.",
  INTERRUPTED: () =>
    "The server or the worker stopped during the activity. Whether it had an effect is unknown.",
  RESULT_TOO_LARGE: () => "The activity's result is larger than this server takes.",
};

/** A fault that the server itself detects. */
export function faultOf(
  code: Exclude<ActivityErrorCode, "FAILED">,
  more: { readonly milliseconds?: number; readonly cause?: ActivityFault | null } = {},
): ActivityFault {
  return {
    code,
    name: code.endsWith("TIMEOUT") ? "TimeoutError" : "Error",
    message: texts[code](more.milliseconds ?? 0),
    stack: null,
    details: null,
    nonRetryable: false,
    cause: more.cause ?? null,
  };
}

/** Whether no attempt follows this fault. */
export function isFinalFault(
  fault: ActivityFault,
  attempt: number,
  { retry }: ResolvedPolicy,
): boolean {
  return (
    fault.nonRetryable ||
    fault.code === "INTERRUPTED" ||
    retry.nonRetryable.includes(fault.name) ||
    attempt >= retry.attempts
  );
}

/** The timeout of an attempt that has passed; null if it is the lease that has expired. */
export function overdueFault(
  { startedAt, lastBeat }: RunningAttempt,
  { startToCloseMs, heartbeatMs }: ResolvedPolicy,
  now: number,
): ActivityFault | null {
  if (now >= startedAt + startToCloseMs) {
    return faultOf("START_TO_CLOSE_TIMEOUT", { milliseconds: startToCloseMs });
  }
  return now >= lastBeat + heartbeatMs
    ? faultOf("HEARTBEAT_TIMEOUT", { milliseconds: heartbeatMs })
    : null;
}
