import type { GuestTime } from "../time/clock.ts";
import type { WorkflowFailureCode } from "../workflow/workflow-failure.ts";
import type { CallLimits } from "./call-limits.ts";
import type { GuestModule } from "./guest-module.ts";

/** What an engine sends to a thread once, before it runs guests there. */
export interface GuestSettings {
  readonly secrets: Readonly<Record<string, string>>;
  /** A seed makes every random number a function of seed, workflow, run and step; null: the system's random numbers. */
  readonly seed: number | null;
  readonly guestTime: GuestTime;
  readonly callLimits: CallLimits;
}

/** A guest to be started, or rebuilt from its journal. */
export interface GuestStart {
  readonly workflowId: number;
  /** Counts from 1: see `WorkflowState`. */
  readonly run: number;
  readonly publicId: string;
  readonly workflow: string;
  readonly input: string;
  /** Identifies the module in a thread: the same bytes with other limits are another module. */
  readonly moduleKey: string;
  /** The texts of the journal; empty for a new workflow. */
  readonly journal: readonly string[];
  readonly callerPresent: boolean;
  readonly now: number;
}

/** How a guest ended. */
export type GuestOutcome =
  | { readonly status: "completed" }
  | { readonly status: "failed"; readonly code: WorkflowFailureCode; readonly message: string };

/** A log line of a guest. */
export interface GuestLog {
  readonly level: "error" | "warn" | "info" | "debug" | "trace";
  readonly message: string;
  readonly replaying: boolean;
}

/** From the engine's thread to an executor thread. `guest` is the number of one incarnation of a guest. */
export type ToThread =
  | { readonly type: "configure"; readonly engine: number; readonly settings: GuestSettings }
  | { readonly type: "forget"; readonly engine: number }
  | { readonly type: "module"; readonly key: string; readonly module: GuestModule }
  /** The module is sent again before its next guest. */
  | { readonly type: "forgetModule"; readonly key: string; readonly bytes: number }
  /** Instances that no guest runs on are to leave memory. */
  | { readonly type: "release" }
  | {
      readonly type: "start";
      readonly guest: number;
      readonly engine: number;
      readonly start: GuestStart;
    }
  /** The answer to the call that the guest waits for; null lets a guest continue after a yield. */
  | {
      readonly type: "resume";
      readonly guest: number;
      readonly answer: string | null;
      readonly now: number;
    }
  | { readonly type: "caller"; readonly guest: number; readonly present: boolean }
  | { readonly type: "drop"; readonly guest: number };

/** From an executor thread to the engine's thread. `lines` are new journal lines, in order. */
export type FromThread =
  | { readonly type: "ready" }
  | {
      readonly type: "waits";
      readonly guest: number;
      readonly lines: string;
      readonly logs: readonly GuestLog[];
      readonly call: string;
      /** The recorded intent, if the call was already waiting before the guest was rebuilt. */
      readonly detail: string | null;
      /** When such a call was made, in milliseconds since the Unix epoch; null for a new one. */
      readonly madeAt: number | null;
    }
  | {
      readonly type: "yields";
      readonly guest: number;
      readonly lines: string;
      readonly logs: readonly GuestLog[];
    }
  | {
      readonly type: "responds";
      readonly guest: number;
      readonly lines: string;
      readonly logs: readonly GuestLog[];
      readonly response: string;
    }
  | {
      readonly type: "ends";
      readonly guest: number;
      readonly lines: string;
      readonly logs: readonly GuestLog[];
      readonly outcome: GuestOutcome;
    };

/** What a thread counts in shared memory: calls made for the first time, by their index in this list. */
export const countedCalls = [
  "GetInput",
  "Log",
  "SendResponse",
  "Random",
  "Sleep",
  "HTTPRequest",
  "GetSecret",
  "TimeNow",
  "RecvMessage",
  "StartWorkflow",
] as const;

/** A kind of call that is counted. `ReplayDebug` has an effect only in replays. */
export type CountedCall = (typeof countedCalls)[number];

/** Where a thread records which guest computes, for the watchdog: a pair of numbers in shared memory. */
export const activityFields = { guest: 0, since: 1, length: 2 } as const;
