import type { ResolvedPolicy } from "./resolved-policy.ts";

/** An attempt that a worker runs. Times are in milliseconds since the Unix epoch. */
export interface RunningAttempt {
  readonly lease: string;
  readonly worker: string;
  readonly startedAt: number;
  leaseUntil: number;
  lastBeat: number;
}

/** The state of a task. `saving`: the next step must be in the journal first. */
export type TaskState =
  | { readonly kind: "ready"; readonly since: number }
  | { readonly kind: "paused"; readonly until: number }
  | { readonly kind: "saving" }
  | { readonly kind: "running"; readonly running: RunningAttempt }
  | { readonly kind: "over" };

/** When a state ends by itself; `Infinity` if it doesn't. @param closeBy when the whole task must be over */
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
