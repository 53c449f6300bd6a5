import type { JsonValue } from "@flawless-ts/wasm-module";

/** The four states a workflow can be in. Only `running` ever changes. */
export type WorkflowStatus = "running" | "completed" | "failed" | "cancelled";

/** What a running workflow waits for. Times are ISO 8601. */
export type WorkflowWaiting =
  | { readonly on: "sleep"; readonly until: string }
  | { readonly on: "message"; readonly types: readonly string[]; readonly until: string | null }
  | { readonly on: "http"; readonly method: string; readonly url: string }
  | {
      readonly on: "activity";
      readonly queue: string;
      /** The activity's name. */
      readonly name: string;
      /** The current or next attempt, counted from 1. */
      readonly attempt: number;
    }
  | {
      /** Several at once. */
      readonly on: "operations";
      /** How many operations. */
      readonly count: number;
      /** The messages it also waits for. */
      readonly types: readonly string[];
      /** When it wakes up without any of them. */
      readonly until: string | null;
    };

/** An error that a workflow ended with. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  /** With its first line, and positions in the original sources if the workflow knows them; `null` if there is none. */
  readonly stack: string | null;
  readonly cause: ThrownError | null;
  /** The errors of an `AggregateError`. */
  readonly errors: readonly ThrownError[];
}

/** Why a workflow failed. */
export interface WorkflowFailure {
  /** Such as `PANIC` or `REPLAY_MISMATCH`. */
  readonly code: string;
  /** The panic's message, or what else went wrong. */
  readonly message: string;
  /** The error the workflow threw, if it reported one (code `THROWN`); long texts are cut. */
  readonly thrown?: ThrownError | undefined;
}

/** The state of one workflow. Times are ISO 8601. */
export interface WorkflowInfo {
  /** `wkf_` and a short string. */
  readonly id: string;
  readonly module: string;
  readonly version: string;
  /** SHA-256 (hex) of the module's bytes. */
  readonly moduleHash: string;
  readonly workflow: string;
  readonly status: WorkflowStatus;
  /** `null` unless it is running and waiting. */
  readonly waiting: WorkflowWaiting | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
  /** The response as JSON, once there is one. */
  readonly response: string | null;
  readonly error: WorkflowFailure | null;
  /** Id of the workflow that started this one. */
  readonly parent: string | null;
  /** The deadline to end, once it was asked to cancel; otherwise `null`. */
  readonly cancelBy: string | null;
  /** Counted from 1; continuing as new, with an empty journal, begins the next run. */
  readonly run: number;
  /** The key it was started with. */
  readonly idempotencyKey: string | null;
  /** Its labels, by key. */
  readonly labels: Readonly<Record<string, string>>;
}

/** One of two workflows, of which one is a restart or fork of the other. */
export interface WorkflowRestart {
  /** The other workflow's id. It may be deleted by now. */
  readonly id: string;
  /** For a fork, how many steps were taken over; `null` for a restart. */
  readonly fromStep: number | null;
}

/** A workflow, with its restarts and forks. */
export interface WorkflowDetails extends WorkflowInfo {
  /** The workflow this one is a restart or fork of. */
  readonly restartedFrom: WorkflowRestart | null;
  /** Its restarts and forks, oldest first: the newest 100. */
  readonly restarts: readonly WorkflowRestart[];
}

/** One page of a listing. */
export interface WorkflowPage {
  readonly workflows: readonly WorkflowInfo[];
  /** Fetches the next page; `null` on the last one. */
  readonly cursor: string | null;
  /**
   * Set if there is no index for the conditions: the max number of workflows scanned for this page. It may contain
   * fewer than requested, or none, while the next page has more.
   */
  readonly searched?: number | undefined;
}

/** Conditions for finding workflows; all given ones must hold. Times are ISO 8601. */
export interface WorkflowConditions {
  /** The module's name. */
  readonly module?: string | undefined;
  /** The module's version. */
  readonly version?: string | undefined;
  /** The workflow's name. */
  readonly workflow?: string | undefined;
  /** The idempotency key it was started with; at most one workflow has it. */
  readonly key?: string | undefined;
  /** Labels it must have, by key. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Created at this time or later. */
  readonly createdFrom?: string | undefined;
  /** Created before this time. */
  readonly createdBefore?: string | undefined;
  /** Ended at this time or later. */
  readonly endedFrom?: string | undefined;
  /** Ended before this time. */
  readonly endedBefore?: string | undefined;
  /** How its id begins, such as `wkf_1iH`. */
  readonly idPrefix?: string | undefined;
  /** How its idempotency key begins. */
  readonly keyPrefix?: string | undefined;
  /** How its workflow's name begins. */
  readonly namePrefix?: string | undefined;
  /**
   * A string in its input, which is searched as JSON text. Inputs that may hold a secret are encrypted and never match.
   */
  readonly inputText?: string | undefined;
}

/** Which workflows to list. Default: all. */
export interface WorkflowFilter extends WorkflowConditions {
  readonly status?: WorkflowStatus | undefined;
  /** The page size, within the server's default and maximum. */
  readonly limit?: number | undefined;
}

/** How to end a workflow: `"cancel"` asks it to end, if its module supports that; `"terminate"` ends it immediately. */
export type EndManner = "cancel" | "terminate";

/** Which running workflows to cancel or terminate: at least one condition must be given. */
export type CancelFilter = WorkflowConditions;

/** The outcome for some of them. */
export interface CancelledWorkflows {
  readonly count: number;
  /** Continues the request; `null` if no more match. */
  readonly cursor: string | null;
}

/** The status of a workflow that has ended. */
export type EndedStatus = Exclude<WorkflowStatus, "running">;

/** Which workflows that have ended to restart: their status must be given. */
export interface RestartFilter extends WorkflowConditions {
  readonly status: EndedStatus;
}

/** Why a workflow can't be restarted. */
export interface RestartFailure {
  /** The workflow's id. */
  readonly id: string;
  /** The server's code, such as `MODULE_NOT_FOUND`. */
  readonly code: string;
  readonly message: string;
}

/** The outcome of restarting workflows. */
export interface RestartOutcome {
  /** How many were restarted, by this request or an earlier one with the same key. */
  readonly count: number;
  /** How many can't be restarted. */
  readonly failed: number;
  /** The reasons, for the newest 100 of them. */
  readonly failures: readonly RestartFailure[];
}

/** The outcome for some of them. */
export interface RestartedWorkflows extends RestartOutcome {
  /** Continues the request; `null` if no more match. */
  readonly cursor: string | null;
}

/** One host call of a workflow, with its answer. */
export interface JournalStep {
  /** Counted from 1. */
  readonly step: number;
  /** When the call was made, ISO 8601. */
  readonly at: string;
  /** When the answer came; `null` until there is one. */
  readonly answeredAt: string | null;
  /** The call as the guest ABI writes it, such as `{"Sleep": {"secs": 1, "nanos": 0}}`. Integers are exact. */
  readonly call: JsonValue;
  /** The answer as the guest ABI writes it; `null` until there is one. Integers are exact. */
  readonly answer: JsonValue | null;
}

/** What a workflow has done so far. */
export interface WorkflowJournal {
  readonly id: string;
  readonly module: string;
  readonly version: string;
  /** SHA-256 (hex) of the module's bytes. */
  readonly moduleHash: string;
  readonly workflow: string;
  /** The run whose steps these are: see {@link WorkflowInfo.run}. */
  readonly run: number;
  /** The input of this run, as JSON. */
  readonly input: string;
  readonly status: WorkflowStatus;
  readonly error: WorkflowFailure | null;
  readonly steps: readonly JournalStep[];
}

/** One step of a workflow's history: the exact JSON texts of the guest ABI. */
export interface HistoryStep {
  /** Counted from 1. */
  readonly step: number;
  /** When the call was made, ISO 8601. */
  readonly at: string;
  /** When the answer came; `null` until there is one. */
  readonly answeredAt: string | null;
  readonly call: string;
  readonly answer: string | null;
}

/** A workflow's journal with all that is needed to replay it on another build of its module, as plain data. */
export interface WorkflowHistory extends Omit<WorkflowJournal, "steps"> {
  readonly steps: readonly HistoryStep[];
}

/** A module on the server. */
export interface ModuleSummary {
  readonly name: string;
  readonly version: string;
  /** SHA-256 (hex) of its bytes. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** Names of its workflows. */
  readonly workflows: readonly string[];
  /** ISO 8601. */
  readonly deployedAt: string;
}

/** The server's health. Without the server's token, only its status. */
export interface ServerHealth {
  /** `ok`, or `degraded`: it can't work at the moment. */
  readonly status: string;
  readonly version: string | null;
  /** What is wrong. */
  readonly reason: string | null;
  /** The number of workflows on the server that have not ended; in a cluster, on the requested node. */
  readonly running: number | null;
}

/** A task of a queue of activities. Times are ISO 8601. */
export interface ActivityTaskSummary {
  /** The activity's name. */
  readonly activity: string;
  /** The workflow's id. */
  readonly workflow: string;
  readonly state: "waiting" | "running" | "retrying";
  /** The current or next attempt, counted from 1. */
  readonly attempt: number;
  readonly scheduledAt: string;
  /** `null` unless a failed attempt will be retried. */
  readonly nextAttemptAt: string | null;
  /** The id of the worker running it. */
  readonly worker: string | null;
  /** From the previous attempt. */
  readonly lastError: { readonly name: string; readonly message: string } | null;
}

/** A worker of a queue of activities. Times are ISO 8601. */
export interface ActivityWorkerSummary {
  readonly id: string;
  readonly concurrency: number;
  /** How many activities it is running. */
  readonly running: number;
  /** The names of the activities it can run. */
  readonly activities: readonly string[];
  readonly seenAt: string;
}

/** A queue of activities. */
export interface ActivityQueueSummary {
  /** Its name. */
  readonly queue: string;
  /** Tasks waiting for a worker. */
  readonly waiting: number;
  readonly running: number;
  /** Tasks waiting for another attempt after a failed one. */
  readonly retrying: number;
  /** Attempts in about the last minute, within ten seconds. */
  readonly lastMinute: {
    readonly started: number;
    readonly completed: number;
    readonly failed: number;
    readonly timedOut: number;
    readonly lost: number;
  };
  readonly workers: readonly ActivityWorkerSummary[];
  /** The oldest ones. */
  readonly tasks: readonly ActivityTaskSummary[];
}
