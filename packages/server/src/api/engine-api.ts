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

/** The health of the engine. */
export interface EngineHealth {
  readonly status: "ok" | "degraded";
  /** What is wrong; `null` if nothing is. */
  readonly reason: string | null;
  /** The number of unfinished workflows, whatever they are waiting for; in a cluster, those in the node's partitions. */
  readonly running: number;
}

/** A method whose result may take a while. */
type Later<Method> = Method extends (...args: infer Args) => infer Result
  ? (...args: Args) => Result | Promise<Awaited<Result>>
  : never;

/** The requests of activity workers; see `ActivityQueues`. */
export type ActivityApi = {
  readonly [Name in
    | "register"
    | "poll"
    | "report"
    | "heartbeat"
    | "leave"
    | "summaries"]: Later<ActivityQueues[Name]>;
};

/** The operations on schedules; see `Schedules`. */
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
 * What the REST API needs from an engine. Every method may reject with an `EngineError`, whose `code` says why. Ids are the
 * public ones (`wkf_...`).
 */
export interface EngineApi {
  /** Stores a module. The same bytes may be deployed again. */
  deploy(bytes: Uint8Array): Promise<ModuleSummary>;
  modules(): Promise<readonly ModuleSummary[]>;
  /** The unchecked types that a module declares for its workflows, by its hash; null if it declares none. */
  moduleTypes(hash: string): Promise<ModuleTypes | null>;
  /** Resolves when the workflow has responded or ended or, if detached, when its start is durable. */
  start(request: StartRequest, options?: StartOptions): Promise<StartResult>;
  /** Resolves when the message is durable. `data` is JSON text. */
  send(id: string, type: string, data: string): Promise<void>;
  /** Sends a message that the workflow answers. Resolves with the answer, or with null at the timeout. */
  update(id: string, request: UpdateRequest, options: UpdateOptions): Promise<UpdateReply | null>;
  /** Starts a new workflow in the way that a finished one was started. Resolves with the new one when it is durable. */
  restart(id: string, request: RestartRequest): Promise<WorkflowInfo>;
  /** Starts a new workflow from the first steps of a finished one. Resolves with the new one when it is durable. */
  fork(id: string, request: ForkRequest): Promise<WorkflowInfo>;
  workflow(id: string): Promise<WorkflowDetails>;
  /** The id of the workflow that was started with an idempotency key. */
  idOfKey(key: string): Promise<string>;
  /** The state that the workflow has published: JSON text, or null. */
  state(id: string): Promise<string | null>;
  list(filter: WorkflowFilter): Promise<WorkflowPage>;
  /** A part of the journal, and its total length. */
  journalPage(id: string, range: HistoryRange): Promise<WorkflowHistoryPage>;
  /** The number of workflows in each state, which may be up to a minute old. */
  counts(): Promise<WorkflowCounts>;
  /** Cancels or terminates a workflow; with `tree`, a root and all its descendants. */
  end(
    id: string,
    manner: EndManner,
    options: { readonly tree: boolean },
  ): Promise<WorkflowInfo>;
  /** Cancels or terminates running workflows, one page per call. */
  endMatching(filter: CancelFilter, manner: EndManner): Promise<CancelledWorkflows>;
  /** Restarts finished workflows, one page per call. */
  restartMatching(filter: RestartFilter): Promise<RestartedWorkflows>;
  /** Resolves when the workflow has ended (or responded), or at the timeout, with its state at that time. */
  wait(id: string, options: WaitOptions): Promise<WorkflowInfo>;
  health(): EngineHealth;
  /** The queues of activities. */
  readonly activities: ActivityApi;
  /** The schedules. */
  readonly schedules: ScheduleApi;
}
