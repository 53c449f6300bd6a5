import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import type { ActivityQueues } from "../activities/index.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  ForkRequest,
  HistoryRange,
  ModuleSummary,
  RestartedWorkflows,
  RestartFilter,
  RestartRequest,
  Schedules,
  StartOptions,
  StartRequest,
  StartResult,
  UpdateOptions,
  UpdateReply,
  UpdateRequest,
  WaitOptions,
  WorkflowDetails,
  WorkflowFilter,
  WorkflowHistoryPage,
  WorkflowInfo,
  WorkflowPage,
} from "../engine/index.ts";
import type { WorkflowCounts } from "../store/workflow-store.ts";

/** How the engine is doing. */
export interface EngineHealth {
  readonly status: "ok" | "degraded";
  /** What is wrong, in words; `null` while nothing is. */
  readonly reason: string | null;
  /** How many workflows that have not ended run here, whatever they wait for; in a cluster, those of the node's partitions. */
  readonly running: number;
}

/** A method whose answer may take a while. */
type Later<Method> = Method extends (...args: infer Args) => infer Result
  ? (...args: Args) => Result | Promise<Awaited<Result>>
  : never;

/** What workers of activities ask for; see `ActivityQueues`. */
export type ActivityApi = {
  readonly [Name in
    | "register"
    | "poll"
    | "report"
    | "heartbeat"
    | "leave"
    | "summaries"]: Later<ActivityQueues[Name]>;
};

/** What can be done to schedules; see `Schedules`. */
export type ScheduleApi = Pick<
  Schedules,
  | "create"
  | "list"
  | "describe"
  | "update"
  | "pause"
  | "resume"
  | "trigger"
  | "backfill"
  | "delete"
>;

/**
 * What the REST API needs of an engine. Every method rejects with an `EngineError`, whose `code` tells why; ids are the
 * public ones (`wkf_...`).
 */
export interface EngineApi {
  /** Stores a module; the same bytes may be deployed again. */
  deploy(bytes: Uint8Array): Promise<ModuleSummary>;
  modules(): Promise<readonly ModuleSummary[]>;
  /** What a module says of its workflows' types, by its hash; null where it says nothing. Nothing of it was checked. */
  moduleTypes(hash: string): Promise<ModuleTypes | null>;
  /** Resolves when the workflow responded or ended, or, if detached, when its start is durable. */
  start(request: StartRequest, options?: StartOptions): Promise<StartResult>;
  /** Resolves when the message is durable. `data` is JSON text. */
  send(id: string, type: string, data: string): Promise<void>;
  /** Sends a message that the workflow answers; resolves with the answer, or with null at the time-out. */
  update(id: string, request: UpdateRequest, options: UpdateOptions): Promise<UpdateReply | null>;
  /** Starts a new workflow as an ended one was started. Resolves with the new one when it is durable. */
  restart(id: string, request: RestartRequest): Promise<WorkflowInfo>;
  /** Starts a new workflow from the first steps of an ended one. Resolves with the new one when it is durable. */
  fork(id: string, request: ForkRequest): Promise<WorkflowInfo>;
  workflow(id: string): Promise<WorkflowDetails>;
  /** The id of the workflow that was started with an idempotency key. */
  idOfKey(key: string): Promise<string>;
  /** What the workflow has published of itself: JSON text, or null. */
  state(id: string): Promise<string | null>;
  list(filter: WorkflowFilter): Promise<WorkflowPage>;
  /** A part of the journal, and how much there is. */
  journalPage(id: string, range: HistoryRange): Promise<WorkflowHistoryPage>;
  /** How many workflows there are in each state; that may be up to a minute old. */
  counts(): Promise<WorkflowCounts>;
  /** Cancels or terminates a workflow; with `tree` a root and all that descend from it. */
  end(
    id: string,
    manner: EndManner,
    options: { readonly tree: boolean },
  ): Promise<WorkflowInfo>;
  /** Cancels or terminates running workflows, a page of them in one call. */
  endMatching(filter: CancelFilter, manner: EndManner): Promise<CancelledWorkflows>;
  /** Restarts workflows that have ended, a page of them in one call. */
  restartMatching(filter: RestartFilter): Promise<RestartedWorkflows>;
  /** Resolves when the workflow has ended (or responded), or at the time-out, with its state then. */
  wait(id: string, options: WaitOptions): Promise<WorkflowInfo>;
  health(): EngineHealth;
  /** Where activities wait for workers. */
  readonly activities: ActivityApi;
  /** What starts workflows when times come. */
  readonly schedules: ScheduleApi;
}
