import type { ScheduleCounts, ScheduleStart } from "@flawless-ts/sdk";
import { shortened } from "../observing/shortened.ts";
import type { TimeRange } from "./done-times.ts";

/** The number of latest starts that are stored. */
const keptStarts = 10;
/** The max number of workflows, the newest ones, that are checked to see whether an earlier start still runs. */
const maxRunning = 100;
const maxMessage = 500;

/** A start that is due, or was requested. */
export interface Occasion {
  /** In milliseconds since the Unix epoch. */
  readonly at: number;
  readonly kind: ScheduleStart["kind"];
  /** The idempotency key of its workflow. */
  readonly key: string;
}

/** The outcome of an occasion. */
export interface KeptStart extends Pick<ScheduleStart, "kind" | "outcome" | "error"> {
  readonly at: number;
  readonly decidedAt: number;
  readonly workflow: number | null;
}

/** The part of a schedule that changes while it runs, as stored. */
export interface ScheduleState {
  /** Times that are decided. */
  readonly done: readonly TimeRange[];
  /** Workflows that were started and are not known to have ended. */
  readonly running: readonly number[];
  /** The start that waits for those to end. */
  readonly waiting: Occasion | null;
  /** Newest first. */
  readonly last: readonly KeptStart[];
  readonly counts: ScheduleCounts;
}

/** The state of a schedule that has done nothing yet. */
export function freshState(done: TimeRange): ScheduleState {
  return {
    done: [done],
    running: [],
    waiting: null,
    last: [],
    counts: { started: 0, skipped: 0, missed: 0, failed: 0 },
  };
}

/** The decision about an occasion. */
export type Decision =
  | {
      readonly outcome: "started";
      readonly workflow: number;
      readonly isTracked: boolean;
      /** Whether it was started now. */
      readonly isNew: boolean;
    }
  | { readonly outcome: "waiting" | "skipped" }
  | {
      readonly outcome: "failed";
      readonly error: { readonly code: string; readonly message: string };
    };

/** The state after a decision. */
export function decided(
  state: ScheduleState,
  { at, kind, key }: Occasion,
  decision: Decision,
  now: number,
): ScheduleState {
  const { outcome } = decision;
  const workflow = outcome === "started" ? decision.workflow : null;
  const error = outcome === "failed" ? withShortMessage(decision.error) : null;
  const kept: KeptStart = { at, kind, decidedAt: now, outcome, workflow, error };
  const isTracked = outcome === "started" && decision.isTracked;
  const waiting = outcome === "waiting" ? { at, kind, key } : state.waiting;
  return {
    ...state,
    waiting: outcome !== "waiting" && waiting?.key === key ? null : waiting,
    running:
      isTracked && workflow !== null
        ? [...state.running.filter((id) => id !== workflow), workflow].slice(-maxRunning)
        : state.running,
    // A start that waited is shown once.
    last: [
      kept,
      ...state.last.filter(
        (other) => other.at !== at || other.kind !== kind || other.outcome !== "waiting",
      ),
    ].slice(0, keptStarts),
    counts:
      outcome === "waiting"
        ? state.counts
        : { ...state.counts, [outcome]: state.counts[outcome] + 1 },
  };
}

function withShortMessage({ code, message }: { readonly code: string; readonly message: string }): {
  readonly code: string;
  readonly message: string;
} {
  return { code, message: shortened(message, maxMessage) };
}
