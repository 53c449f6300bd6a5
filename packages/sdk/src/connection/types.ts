import type { JsonValue } from "@flawless-ts/wasm-module";

/** The four states a workflow can be in. Only `running` is ever left. */
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
      /** The attempt that runs or comes next, from 1 on. */
      readonly attempt: number;
    }
  | {
      /** Several at once. */
      readonly on: "operations";
      /** How many operations. */
      readonly count: number;
      /** The messages that it waits for as well. */
      readonly types: readonly string[];
      /** When it wakes up without any of them. */
      readonly until: string | null;
    };

/** An error that a workflow ended with. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  /** With its first line, and positions in the author's sources where the workflow knows them; `null` where there is none. */
  readonly stack: string | null;
  readonly cause: ThrownError | null;
  /** Those that an `AggregateError` stands for. */
  readonly errors: readonly ThrownError[];
}

/** Why a workflow failed. */
export interface WorkflowFailure {
  /** Such as `PANIC` or `REPLAY_MISMATCH`. */
  readonly code: string;
  /** The panic's message, or what else went wrong. */
  readonly message: string;
  /** The error that the workflow ended with, where it told one (code `THROWN`); long texts are cut. */
  readonly thrown?: ThrownError | undefined;
}

/** The state of one workflow. Times are ISO 8601. */
export interface WorkflowInfo {
  /** `wkf_` and a short text. */
  readonly id: string;
  readonly module: string;
  readonly version: string;
  /** SHA-256 (hex) of the module's bytes. */
  readonly moduleHash: string;
  readonly workflow: string;
  readonly status: WorkflowStatus;
  /** `null` unless it runs and waits. */
  readonly waiting: WorkflowWaiting | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
  /** The JSON text that the workflow responded with, once it has. */
  readonly response: string | null;
  readonly error: WorkflowFailure | null;
  /** Id of the workflow that started this one. */
  readonly parent: string | null;
  /** By when it must have ended, as it was asked to cancel; `null` where it was not. */
  readonly cancelBy: string | null;
  /** Counts from 1: how often it went on anew with an empty journal, and once more. */
  readonly run: number;
  /** The key that it was started with. */
  readonly idempotencyKey: string | null;
  /** By which it is found, by key. */
  readonly labels: Readonly<Record<string, string>>;
}

/** One of two workflows of which the one was started again from the other. */
export interface WorkflowRestart {
  /** The other one's id. Its workflow may be forgotten by now. */
  readonly id: string;
  /** How many steps were taken over, by a fork; `null` for a restart. */
  readonly fromStep: number | null;
}

/** One workflow, and what was started again. */
export interface WorkflowDetails extends WorkflowInfo {
  /** The workflow that this one is a restart or a fork of. */
  readonly restartedFrom: WorkflowRestart | null;
  /** Its restarts and forks, oldest first: the newest 100. */
  readonly restarts: readonly WorkflowRestart[];
}

/** One page of a listing. */
export interface WorkflowPage {
  readonly workflows: readonly WorkflowInfo[];
  /** Asks for the next page; `null` on the last one. */
  readonly cursor: string | null;
  /**
   * Where no index tells what matches: how many workflows were looked through for this page, at most. There are fewer on it
   * than asked for then, or none, where the next page may have more.
   */
  readonly searched?: number | undefined;
}

/** What workflows are found by: all that is given has to hold. Times are ISO 8601. */
export interface WorkflowConditions {
  /** The module's name. */
  readonly module?: string | undefined;
  /** The module's version. */
  readonly version?: string | undefined;
  /** The workflow's name. */
  readonly workflow?: string | undefined;
  /** The idempotency key that it was started with: at most one workflow has it. */
  readonly key?: string | undefined;
  /** Labels that it has, by key: each of them. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** It began then or later. */
  readonly createdFrom?: string | undefined;
  /** It began earlier. */
  readonly createdBefore?: string | undefined;
  /** It ended then or later. */
  readonly endedFrom?: string | undefined;
  /** It ended earlier. */
  readonly endedBefore?: string | undefined;
  /** How its id begins, such as `wkf_1iH`. */
  readonly idPrefix?: string | undefined;
  /** How its idempotency key begins. */
  readonly keyPrefix?: string | undefined;
  /** How its workflow's name begins. */
  readonly namePrefix?: string | undefined;
  /**
   * A text in its input, which is searched as the JSON text that it is. Inputs that may hold a secret are encrypted, and never
   * match.
   */
  readonly inputText?: string | undefined;
}

/** Which workflows to list. Default: all. */
export interface WorkflowFilter extends WorkflowConditions {
  readonly status?: WorkflowStatus | undefined;
  /** How many on one page; the server's default and maximum hold. */
  readonly limit?: number | undefined;
}

/** How to end a workflow: `"cancel"` asks it to end, where its module hears of that; `"terminate"` ends it at once. */
export type EndManner = "cancel" | "terminate";

/** Which running workflows to cancel or terminate: at least one condition must be given. */
export type CancelFilter = WorkflowConditions;

/** What became of some of them. */
export interface CancelledWorkflows {
  readonly count: number;
  /** To go on with; `null` where no more match. */
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

/** What became of workflows that were to be restarted. */
export interface RestartOutcome {
  /** How many were restarted, by this request or by one with the same key before. */
  readonly count: number;
  /** How many can't be restarted. */
  readonly failed: number;
  /** Why: of the newest 100 of them. */
  readonly failures: readonly RestartFailure[];
}

/** What became of some of them. */
export interface RestartedWorkflows extends RestartOutcome {
  /** To go on with; `null` where no more match. */
  readonly cursor: string | null;
}

/** One host call of a workflow, with its answer. */
export interface JournalStep {
  /** Counted from 1. */
  readonly step: number;
  /** When the call was made, ISO 8601. */
  readonly at: string;
  /** When the answer came; `null` while there is none. */
  readonly answeredAt: string | null;
  /** The call as the guest ABI writes it, such as `{"Sleep": {"secs": 1, "nanos": 0}}`. Integers are exact. */
  readonly call: JsonValue;
  /** The answer as the guest ABI writes it; `null` while there is none. Integers are exact. */
  readonly answer: JsonValue | null;
}

/** What a workflow did so far. */
export interface WorkflowJournal {
  readonly id: string;
  readonly module: string;
  readonly version: string;
  /** SHA-256 (hex) of the module's bytes. */
  readonly moduleHash: string;
  readonly workflow: string;
  /** The run whose steps these are: see {@link WorkflowInfo.run}. */
  readonly run: number;
  /** The JSON text that this run was started with. */
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
  /** When the answer came; `null` while there is none. */
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

/** How the server is. Without the token that the server wants, it tells its status only. */
export interface ServerHealth {
  /** `ok`, or `degraded`: it cannot do its work now. */
  readonly status: string;
  readonly version: string | null;
  /** What is wrong. */
  readonly reason: string | null;
  /** How many workflows that have not ended the server runs; in a cluster, those of the node that was asked. */
  readonly running: number | null;
}

/** A task of a queue of activities. Times are ISO 8601. */
export interface ActivityTaskSummary {
  /** The activity's name. */
  readonly activity: string;
  /** The workflow's id. */
  readonly workflow: string;
  readonly state: "waiting" | "running" | "retrying";
  /** The attempt that runs or comes next, from 1 on. */
  readonly attempt: number;
  readonly scheduledAt: string;
  /** `null` unless a failed attempt is to be followed by another. */
  readonly nextAttemptAt: string | null;
  /** The id of the worker that runs it. */
  readonly worker: string | null;
  /** Of the attempt before. */
  readonly lastError: { readonly name: string; readonly message: string } | null;
}

/** A worker of a queue of activities. Times are ISO 8601. */
export interface ActivityWorkerSummary {
  readonly id: string;
  readonly concurrency: number;
  /** How many activities it runs now. */
  readonly running: number;
  /** Names of the activities that it runs. */
  readonly activities: readonly string[];
  readonly seenAt: string;
}

/** A queue of activities. */
export interface ActivityQueueSummary {
  /** Its name. */
  readonly queue: string;
  /** Tasks that wait for a worker. */
  readonly waiting: number;
  readonly running: number;
  /** Tasks of which an attempt failed, and which wait for the next one. */
  readonly retrying: number;
  /** Attempts of the last minute, give or take ten seconds. */
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
