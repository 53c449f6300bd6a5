import type { ResolvedPolicy } from "./resolved-policy.ts";

/** An attempt that a worker has. Times are milliseconds since the Unix epoch. */
export interface RunningAttempt {
  readonly lease: string;
  readonly worker: string;
  readonly startedAt: number;
  leaseUntil: number;
  lastBeat: number;
}

/** Where a task is. `saving`: what happens next has to be in the journal first. */
export type TaskState =
  | { readonly kind: "ready"; readonly since: number }
  | { readonly kind: "paused"; readonly until: number }
  | { readonly kind: "saving" }
  | { readonly kind: "running"; readonly running: RunningAttempt }
  | { readonly kind: "over" };

/** When a state ends by itself; `Infinity`: it does not. @param closeBy when the whole task has to be over */
export function dueOf(state: TaskState, policy: ResolvedPolicy, closeBy: number): number {
  switch (state.kind) {
    case "ready":
      return Math.min(closeBy, state.since + policy.scheduleToStartMs);
    case "paused":
      return Math.min(closeBy, state.until);
    case "running": {
      const { startedAt, lastBeat, leaseUntil } = state.running;
      const { startToCloseMs, heartbeatMs } = policy;
      return Math.min(closeBy, leaseUntil, startedAt + startToCloseMs, lastBeat + heartbeatMs);
    }
    case "saving":
    case "over":
      return Infinity;
  }
}
