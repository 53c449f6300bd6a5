import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import type { ActivityApi, EngineApi, EngineHealth, ScheduleApi } from "../api/engine-api.ts";
import type { ClusterEngine } from "../cluster/cluster-engine.ts";
import { partitionOfKey } from "../cluster/partition-of.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  Engine,
  ForkRequest,
  HistoryRange,
  ModuleSummary,
  RestartedWorkflows,
  RestartFilter,
  RestartRequest,
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
import { toWorkflowNumber } from "../engine/requests.ts";
import type { WorkflowCounts } from "../store/workflow-store.ts";
import type { RemoteEngine } from "./remote-engine.ts";

/** What a {@link DividedEngine} is made of. */
export interface DividedEngineParts {
  /** The engine in this thread. */
  readonly own: Engine;
  /** The others, in the order of their partitions; null at the own place. */
  readonly others: readonly (RemoteEngine | null)[];
  /** The number of unfinished workflows of the others. */
  othersRunning(): number;
  /** Does what is about the workflows of all. */
  readonly all: ClusterEngine;
}

/** All engines of a server as one: what is about one workflow is asked of the engine that has it, in whichever thread. */
export class DividedEngine implements EngineApi {
  readonly #parts: DividedEngineParts;
  readonly activities: ActivityApi;
  readonly schedules: ScheduleApi;

  constructor(parts: DividedEngineParts) {
    this.#parts = parts;
    this.activities = parts.all.activities;
    this.schedules = parts.all.schedules;
  }

  /** Starts without a key run here. */
  async start(request: StartRequest, options: StartOptions = {}): Promise<StartResult> {
    const { idempotencyKey: key } = request;
    const { all, others } = this.#parts;
    const other = key === undefined ? null : others[partitionOfKey(key, others.length)];
    return (other ?? all).start(request, options);
  }

  /** The engine that starts workflows with the key also knows those that are not durable yet. */
  async idOfKey(key: string): Promise<string> {
    const { all, others } = this.#parts;
    return (others[partitionOfKey(key, others.length)] ?? all).idOfKey(key);
  }

  async send(id: string, type: string, data: string): Promise<void> {
    return this.#of(id).send(id, type, data);
  }

  async update(
    id: string,
    request: UpdateRequest,
    options: UpdateOptions,
  ): Promise<UpdateReply | null> {
    return this.#of(id).update(id, request, options);
  }

  async restart(id: string, request: RestartRequest): Promise<WorkflowInfo> {
    return this.#of(id).restart(id, request);
  }

  async fork(id: string, request: ForkRequest): Promise<WorkflowInfo> {
    return this.#of(id).fork(id, request);
  }

  async workflow(id: string): Promise<WorkflowDetails> {
    return this.#of(id).workflow(id);
  }

  async state(id: string): Promise<string | null> {
    return this.#of(id).state(id);
  }

  async journalPage(id: string, range: HistoryRange): Promise<WorkflowHistoryPage> {
    return this.#of(id).journalPage(id, range);
  }

  async end(
    id: string,
    manner: EndManner,
    options: { readonly tree: boolean },
  ): Promise<WorkflowInfo> {
    return this.#of(id).end(id, manner, options);
  }

  async wait(id: string, options: WaitOptions): Promise<WorkflowInfo> {
    return this.#of(id).wait(id, options);
  }

  deploy(bytes: Uint8Array): Promise<ModuleSummary> {
    return this.#parts.all.deploy(bytes);
  }

  modules(): Promise<readonly ModuleSummary[]> {
    return this.#parts.all.modules();
  }

  moduleTypes(hash: string): Promise<ModuleTypes | null> {
    return this.#parts.all.moduleTypes(hash);
  }

  list(filter: WorkflowFilter): Promise<WorkflowPage> {
    return this.#parts.all.list(filter);
  }

  counts(): Promise<WorkflowCounts> {
    return this.#parts.all.counts();
  }

  endMatching(filter: CancelFilter, manner: EndManner): Promise<CancelledWorkflows> {
    return this.#parts.all.endMatching(filter, manner);
  }

  restartMatching(filter: RestartFilter): Promise<RestartedWorkflows> {
    return this.#parts.all.restartMatching(filter);
  }

  health(): EngineHealth {
    const { all, othersRunning } = this.#parts;
    const health = all.health();
    return { ...health, running: health.running + othersRunning() };
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND` for what is no id */
  #of(id: string): Omit<RemoteEngine, "start" | "idOfKey"> {
    const { others, own } = this.#parts;
    return others[toWorkflowNumber(id) % others.length] ?? own;
  }
}
