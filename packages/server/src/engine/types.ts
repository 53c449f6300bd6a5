import type * as api from "@flawless-ts/sdk";
import type { ExecutorStatistics } from "../executor/executor-pool.ts";
import type { StartOrigin } from "./observing/index.ts";
import type { Labels } from "../workflow/labels.ts";
import type { WorkflowFailure } from "../workflow/workflow-failure.ts";

// What the API shows is declared once, by its client.
export type {
  CancelledWorkflows,
  EndManner,
  HistoryStep,
  ModuleSummary,
  RestartedWorkflows,
  RestartFailure,
  WorkflowStatus,
  WorkflowWaiting,
} from "@flawless-ts/sdk";

/** One workflow, as the API shows it. */
export interface WorkflowInfo extends api.WorkflowInfo {
  readonly error: WorkflowFailure | null;
}

/** All that is needed to replay a workflow, as plain data. */
export interface WorkflowHistory extends api.WorkflowHistory {
  readonly error: WorkflowFailure | null;
}

/** One workflow, with those that it was started again from, and that were started again from it. */
export interface WorkflowDetails extends WorkflowInfo {
  readonly restartedFrom: api.WorkflowRestart | null;
  readonly restarts: readonly api.WorkflowRestart[];
}

/** An attempt of an activity that failed, after which there was, or is to be, another one. */
export interface FailedAttempt {
  /** The operation's number; 0 for one that the workflow began and waited for in one step. */
  readonly operation: number;
  /** The step of such a one; null for any other. */
  readonly step: number | null;
  /** When it failed, as ISO 8601. */
  readonly at: string;
  /** When the next attempt may begin, as ISO 8601. */
  readonly nextAt: string;
  /** What it failed with: name and message. */
  readonly error: string;
}

/** A part of a workflow's history. */
export interface WorkflowHistoryPage extends WorkflowHistory {
  /** Of the activities of these steps, as far as they failed while these steps were made. */
  readonly failedAttempts: readonly FailedAttempt[];
  /** How many steps there are in all. */
  readonly total: number;
  /** JSON text; null while there is none. */
  readonly response: string | null;
}

/** Which part of a workflow's history to read. */
export interface HistoryRange {
  /** The first step, counted from 1; null for the last steps. */
  readonly first: number | null;
  /** How many steps. There may be fewer, but at least one, where they are large together. */
  readonly limit: number;
}

/** What an engine does at the moment, and did so far. */
export interface EngineStatistics {
  /** Workflows that compute; those that wait for something are not counted. */
  readonly computing: number;
  /** Requests of guests that are under way. */
  readonly requesting: number;
  /** Guests that are in memory. */
  readonly residentGuests: number;
  /** Workflows that wait for a place in memory. */
  readonly queuedWorkflows: number;
  /** Of the pool, which other engines may share. */
  readonly executors: ExecutorStatistics;
}

/** What to start. */
export interface StartRequest {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** JSON text; `null` for a workflow without input. */
  readonly input: string;
  /** A start with a key that was seen before gives the workflow of the first one. */
  readonly idempotencyKey?: string | undefined;
  /** By which it is found. Default: none. */
  readonly labels?: Labels | undefined;
  /** Labels whose keys begin with `flawless:`, which callers can't set. Default: none. */
  readonly serverLabels?: Labels | undefined;
  /** What the start came with; observers are told. Default: nothing. */
  readonly origin?: StartOrigin | undefined;
}

/** How to start a workflow again. */
export interface RestartRequest {
  /** A request with a key that was seen before for this workflow gives the workflow that the first one started. */
  readonly idempotencyKey?: string | undefined;
  /** Whether one that runs is terminated first. Default: it is refused. */
  readonly terminate?: boolean | undefined;
  /** What the request came with; observers are told. Default: nothing. */
  readonly origin?: StartOrigin | undefined;
}

/** How to go on from the first steps of a workflow. */
export interface ForkRequest extends RestartRequest {
  /** How many steps the new workflow takes over, with their answers. */
  readonly fromStep: number;
  /** The version of the module that it runs on. Default: that of the old one. */
  readonly version?: string | undefined;
}

/** How to wait for a start's response. */
export interface StartOptions {
  /** The caller: once aborted, the workflow goes on and `start` rejects. */
  readonly signal?: AbortSignal | undefined;
  /** Told the id of a new workflow before it is durable, so that it can be looked for where the start fails. */
  readonly onStarted?: ((id: string) => void) | undefined;
  /** Resolve as soon as the start is durable, without waiting for the response. Default false. */
  readonly detached?: boolean | undefined;
}

/** How long to wait for a workflow's end. */
export interface WaitOptions {
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** What for: its end, or its response, whichever comes first. Default `"end"`. */
  readonly until?: "end" | "response" | undefined;
  /** The caller: once aborted, `wait` rejects and the workflow goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** A started workflow. */
export interface StartResult {
  readonly id: string;
  /** JSON text; `null` where the workflow ended without a response, or the start was detached. */
  readonly response: string | null;
}

/** Which workflows to list, newest first. */
export interface WorkflowFilter extends api.WorkflowFilter {
  /** Id of the workflow that started them. */
  readonly parent?: string | undefined;
  /** 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** The `cursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** Which running workflows to cancel, newest first: at least one condition must be given. */
export interface CancelFilter extends api.WorkflowConditions {
  /** How many at most: 1 to 1,000. Default 1,000. */
  readonly limit?: number | undefined;
  /** The `cursor` of the call before. */
  readonly cursor?: string | undefined;
  /** Only count them. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** Which workflows that have ended to restart, newest first, and how. */
export interface RestartFilter extends api.RestartFilter {
  /** How many at most: 1 to 1,000. Default 1,000. */
  readonly limit?: number | undefined;
  /** The `cursor` of the call before. */
  readonly cursor?: string | undefined;
  /** Only count them. Default false. */
  readonly dryRun?: boolean | undefined;
  /** With a key that was seen before a workflow is not restarted once more, nor what became of it. Default: a new one. */
  readonly idempotencyKey?: string | undefined;
  /** What the request came with; observers are told. Default: nothing. */
  readonly origin?: StartOrigin | undefined;
}

/** An update: a message that the workflow answers. */
export interface UpdateRequest {
  /** Another request with the same key is the same update. 1 to 255 characters. */
  readonly key: string;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
}

/** How long to wait for an update's answer. */
export interface UpdateOptions {
  readonly timeoutMs: number;
  /** Ends the waiting. The update stays. */
  readonly signal?: AbortSignal | undefined;
}

export type { UpdateReply } from "../host-calls/waiting-call.ts";

/** One page of a listing. */
export interface WorkflowPage {
  readonly workflows: readonly WorkflowInfo[];
  /** Hand it in to get the next page; `null` on the last one. */
  readonly cursor: string | null;
  /** How many workflows were looked through for this page, at most; only where no index tells what matches. */
  readonly searched?: number;
}
