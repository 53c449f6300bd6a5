import type { ActivityErrorCode, ActivityFault } from "./activity-task.ts";
import type { ResolvedPolicy } from "./resolved-policy.ts";
import type { RunningAttempt } from "./task-state.ts";

const texts: Readonly<Record<Exclude<ActivityErrorCode, "FAILED">, string>> = {
  SCHEDULE_TO_START_TIMEOUT: "no worker took the activity within its schedule-to-start time-out",
  START_TO_CLOSE_TIMEOUT: "the attempt took longer than its time-out",
  SCHEDULE_TO_CLOSE_TIMEOUT: "the activity took longer than its schedule-to-close time-out",
  HEARTBEAT_TIMEOUT: "the attempt gave no sign of life within its heartbeat time-out",
  WORKER_LOST: "the worker that ran the attempt is gone",
  INTERRUPTED:
    "the server or the worker stopped while the activity was under way: whether it ran is unknown",
  RESULT_TOO_LARGE: "the activity's result is larger than this server takes",
};

/** What the server itself finds wrong with an attempt. */
export function faultOf(
  code: Exclude<ActivityErrorCode, "FAILED">,
  more: { readonly milliseconds?: number; readonly cause?: ActivityFault | null } = {},
): ActivityFault {
  const limit = more.milliseconds === undefined ? "" : ` (${more.milliseconds} ms)`;
  return {
    code,
    name: code.endsWith("TIMEOUT") ? "TimeoutError" : "Error",
    message: `${texts[code]}${limit}`,
    stack: null,
    details: null,
    nonRetryable: false,
    cause: more.cause ?? null,
  };
}

/** Whether no other attempt follows one that failed so. */
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

/** Which time-out of an attempt has passed; null: none, it is the lease that has. */
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
