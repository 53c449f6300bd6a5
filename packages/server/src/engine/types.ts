import type * as api from "@flawless-ts/sdk";
import type { ExecutorStatistics } from "../executor/executor-pool.ts";
import type { StartOrigin } from "./observing/index.ts";
import type { Labels } from "../workflow/labels.ts";
import type { WorkflowFailure } from "../workflow/workflow-failure.ts";

// What the API shows is declared only once, by its client.
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

/** One workflow, with the one that it restarts or forks, and its own restarts and forks. */
export interface WorkflowDetails extends WorkflowInfo {
  readonly restartedFrom: api.WorkflowRestart | null;
  readonly restarts: readonly api.WorkflowRestart[];
}

/** A failed attempt of an activity, with another attempt after it or still to come. */
export interface FailedAttempt {
  /** The operation's number; 0 for one that the workflow began and waited for in one step. */
  readonly operation: number;
  /** The step of an operation with the number 0; null for any other. */
  readonly step: number | null;
  /** When it failed, as ISO 8601. */
  readonly at: string;
  /** When the next attempt may begin, as ISO 8601. */
  readonly nextAt: string;
  /** The error: name and message. */
  readonly error: string;
}

/** A part of a workflow's history. */
export interface WorkflowHistoryPage extends WorkflowHistory {
  /** Attempts of activities that failed during these steps. */
  readonly failedAttempts: readonly FailedAttempt[];
  /** The total number of steps. */
  readonly total: number;
  /** JSON text; null while there is none. */
  readonly response: string | null;
}

/** The part of a workflow's history to read. */
export interface HistoryRange {
  /** The first step, counted from 1; null for the last steps. */
  readonly first: number | null;
  /** The max number of steps. There may be fewer, but at least one, if they are large in total. */
  readonly limit: number;
}

/** What an engine is doing, and has done so far. */
export interface EngineStatistics {
  /** Workflows that compute; those that wait for something are not counted. */
  readonly computing: number;
  /** Requests of guests that are under way. */
  readonly requesting: number;
  /** Guests in memory. */
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
  /** A start with a key that was used before returns the workflow of the first one. */
  readonly idempotencyKey?: string | undefined;
  /** For finding the workflow. Default: none. */
  readonly labels?: Labels | undefined;
  /** Labels whose keys begin with `flawless:`, which callers can't set. Default: none. */
  readonly serverLabels?: Labels | undefined;
  /** What came with the start, for observers. Default: nothing. */
  readonly origin?: StartOrigin | undefined;
}

/** How to restart a workflow. */
export interface RestartRequest {
  /** A request with a key that was used before for this workflow returns the workflow that the first one started. */
  readonly idempotencyKey?: string | undefined;
  /** Whether to terminate a running workflow first. Default: it is refused. */
  readonly terminate?: boolean | undefined;
  /** What came with the request, for observers. Default: nothing. */
  readonly origin?: StartOrigin | undefined;
}

/** How to continue from the first steps of a workflow. */
export interface ForkRequest extends RestartRequest {
  /** The number of steps, with their answers, that the new workflow takes over. */
  readonly fromStep: number;
  /** The version of the module that it runs on. Default: that of the old one. */
  readonly version?: string | undefined;
}

/** How to wait for a start's response. */
export interface StartOptions {
  /** The caller's signal: once aborted, the workflow continues and `start` rejects. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the id of a new workflow before it is durable, so that it can be looked up if the start fails. */
  readonly onStarted?: ((id: string) => void) | undefined;
  /** Resolve as soon as the start is durable, without waiting for the response. Default false. */
  readonly detached?: boolean | undefined;
}

/** How to wait for a workflow's end. */
export interface WaitOptions {
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** Wait for its end, or for its response if that comes first. Default `"end"`. */
  readonly until?: "end" | "response" | undefined;
  /** The caller's signal: once aborted, `wait` rejects and the workflow continues. */
  readonly signal?: AbortSignal | undefined;
}

/** A started workflow. */
export interface StartResult {
  readonly id: string;
  /** JSON text; `null` if the workflow ended without a response, or the start was detached. */
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

/** Which running workflows to cancel, newest first. At least one condition must be given. */
export interface CancelFilter extends api.WorkflowConditions {
  /** The max number: 1 to 1,000. Default 1,000. */
  readonly limit?: number | undefined;
  /** The `cursor` of the call before. */
  readonly cursor?: string | undefined;
  /** Whether to only count them. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** Which ended workflows to restart, newest first, and how. */
export interface RestartFilter extends api.RestartFilter {
  /** The max number: 1 to 1,000. Default 1,000. */
  readonly limit?: number | undefined;
  /** The `cursor` of the call before. */
  readonly cursor?: string | undefined;
  /** Whether to only count them. Default false. */
  readonly dryRun?: boolean | undefined;
  /**
   * With a key that was used before, neither the same workflows nor their restarts are restarted again. Default: a new
   * one.
   */
  readonly idempotencyKey?: string | undefined;
  /** What came with the request, for observers. Default: nothing. */
  readonly origin?: StartOrigin | undefined;
}

/** An update: a message that the workflow answers. */
export interface UpdateRequest {
  /** A request with the same key is the same update. 1 to 255 characters. */
  readonly key: string;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
}

/** How to wait for an update's answer. */
export interface UpdateOptions {
  readonly timeoutMs: number;
  /** Ends the wait. The update remains. */
  readonly signal?: AbortSignal | undefined;
}

export type { UpdateReply } from "../host-calls/waiting-call.ts";

/** One page of a listing. */
export interface WorkflowPage {
  readonly workflows: readonly WorkflowInfo[];
  /** Pass it to get the next page; `null` on the last one. */
  readonly cursor: string | null;
  /** The max number of workflows that were scanned for this page; only if no index had the matches. */
  readonly searched?: number;
}
