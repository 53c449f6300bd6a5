import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import type { ActivityApi, EngineApi, EngineHealth, ScheduleApi } from "../api/engine-api.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  Engine,
  EngineShare,
  EngineStatistics,
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
import { WorkflowReader } from "../engine/index.ts";
import { assertFound, toWorkflowNumber } from "../engine/requests.ts";
import { EngineError } from "../errors.ts";
import type { ExecutorPool } from "../executor/executor-pool.ts";
import { FencedError, type WorkflowCounts } from "../store/workflow-store.ts";
import type { Clock } from "../time/clock.ts";
import type { Timers } from "../time/timers.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type { ClusterCancellations } from "./cluster-cancellations.ts";
import type { PartitionNode } from "./partition-node.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import type { ClusterRestarts } from "./cluster-restarts.ts";
import { ClusterSchedules } from "./cluster-schedules.ts";
import type { ClusterStarts } from "./cluster-starts.ts";
import { DurableRuns } from "./durable-runs.ts";
import { isClosed, noOwner } from "./no-owner.ts";
import type { OwnedPartition } from "./owned-partition.ts";
import { partitionOfKey } from "./partition-of.ts";

/** The parts of a {@link ClusterEngine}. */
export interface ClusterEngineParts {
  readonly node: PartitionNode;
  readonly reader: ClusterReader;
  readonly starts: ClusterStarts;
  readonly cancellations: ClusterCancellations;
  readonly restarts: ClusterRestarts;
  readonly share: EngineShare;
  readonly executors: ExecutorPool;
  readonly activities: ActivityApi;
  readonly timers: Timers;
  /** The time of the databases. */
  readonly clock: Pick<Clock, "now">;
}

/**
 * Combines the engines of this node's partitions with what the databases say about the others. Changes of a workflow
 * must reach its owner (see `PassingOn`); any node can serve reads.
 */
export class ClusterEngine implements EngineApi {
  readonly activities: ActivityApi;
  readonly schedules: ScheduleApi;
  readonly #parts: ClusterEngineParts;
  readonly #durable: WorkflowReader;

  constructor(parts: ClusterEngineParts) {
    this.#parts = parts;
    this.activities = parts.activities;
    this.schedules = new ClusterSchedules(parts);
    const runs = new DurableRuns(parts.reader, () => this.#save());
    this.#durable = new WorkflowReader(parts.reader, runs, parts.timers);
  }

  async deploy(bytes: Uint8Array): Promise<ModuleSummary> {
    const { share, executors } = this.#parts;
    executors.warmUp();
    // Modules from other nodes count for limits and conflicts.
    await share.modules.load();
    return share.modules.deploy(bytes, Date.now());
  }

  async modules(): Promise<readonly ModuleSummary[]> {
    const { modules } = this.#parts.share;
    await modules.load();
    return modules.list();
  }

  moduleTypes(hash: string): Promise<ModuleTypes | null> {
    return this.#parts.share.modules.types(hash);
  }

  start(request: StartRequest, options: StartOptions = {}): Promise<StartResult> {
    return this.#parts.starts.start(request, options);
  }

  async send(id: string, type: string, data: string): Promise<void> {
    const partition = this.#here(id);
    try {
      await partition.engine.send(id, type, data);
    } catch (error) {
      if (!isClosed(error)) {
        throw error;
      }
      if (error.cause instanceof FencedError) {
        throw noOwner(partition.claimed.partition, error);
      }
      // It was in flight when the lease ended: it is unknown whether the database has it.
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `The owner of workflow ${id} changed while the message was being saved: look at the workflow before you send it again.`,
        { cause: error },
      );
    }
  }

  async update(
    id: string,
    request: UpdateRequest,
    options: UpdateOptions,
  ): Promise<UpdateReply | null> {
    const partition = this.#here(id);
    try {
      return await partition.engine.update(id, request, options);
    } catch (error) {
      if (!isClosed(error)) {
        throw error;
      }
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `The owner of workflow ${id} changed while the update waited for its answer: ask again with the same key.`,
        { cause: error },
      );
    }
  }

  async restart(id: string, request: RestartRequest): Promise<WorkflowInfo> {
    return this.#startAgain(id, request, (engine) => engine.restart(id, request));
  }

  async fork(id: string, request: ForkRequest): Promise<WorkflowInfo> {
    return this.#startAgain(id, request, (engine) => engine.fork(id, request));
  }

  async workflow(id: string): Promise<WorkflowDetails> {
    return this.#read(id, (reader) => reader.workflow(id));
  }

  async idOfKey(key: string): Promise<string> {
    const { node, reader } = this.#parts;
    const partition = node.partition(partitionOfKey(key, node.partitions));
    // The engine also knows starts that are not durable yet; otherwise ask the databases.
    const here = await partition?.engine.idOfKey(key).catch(() => undefined);
    if (here !== undefined) {
      return here;
    }
    const found =
      (await reader.workflowByIdempotencyKey(key)) ?? (await reader.workflowByMovedKey(key));
    return toPublicId(assertFound(key, found).id);
  }

  async state(id: string): Promise<string | null> {
    return this.#read(id, (reader) => reader.state(id));
  }

  list(filter: WorkflowFilter): Promise<WorkflowPage> {
    return this.#durable.list(filter);
  }

  async journalPage(id: string, range: HistoryRange): Promise<WorkflowHistoryPage> {
    return this.#read(id, (reader) => reader.journalPage(id, range));
  }

  counts(): Promise<WorkflowCounts> {
    return this.#durable.counts();
  }

  async end(
    id: string,
    manner: EndManner,
    options: { readonly tree: boolean },
  ): Promise<WorkflowInfo> {
    return this.#repeatable(id, (partition) => partition.engine.end(id, manner, options));
  }

  endMatching(filter: CancelFilter, manner: EndManner): Promise<CancelledWorkflows> {
    return this.#parts.cancellations.matching(filter, manner);
  }

  restartMatching(filter: RestartFilter): Promise<RestartedWorkflows> {
    return this.#parts.restarts.matching(filter);
  }

  async wait(id: string, options: WaitOptions): Promise<WorkflowInfo> {
    const { timers } = this.#parts;
    const startedAt = timers.monotonicNow();
    return this.#read(id, (reader) => {
      const waited = timers.monotonicNow() - startedAt;
      return reader.wait(id, { ...options, timeoutMs: Math.max(0, options.timeoutMs - waited) });
    });
  }

  health(): EngineHealth {
    const { node, share } = this.#parts;
    return { ...node.health(), running: share.running.total };
  }

  /** The statistics of this node. */
  statistics(): EngineStatistics {
    const { share, executors, node } = this.#parts;
    const all = node.all.map(({ engine }) => engine.statistics());
    return {
      computing: all.reduce((sum, { computing }) => sum + computing, 0),
      requesting: all.reduce((sum, { requesting }) => sum + requesting, 0),
      residentGuests: share.residency.inside,
      queuedWorkflows: share.residency.queued,
      executors: executors.statistics(),
    };
  }

  /** Reads from the workflow's engine, which knows most; from the databases if it is not here, or no longer. */
  async #read<Result>(
    id: string,
    read: (
      reader: Pick<EngineApi, "workflow" | "state" | "journalPage" | "wait">,
    ) => Promise<Result>,
  ): Promise<Result> {
    const number = toWorkflowNumber(id);
    const partition = this.#parts.node.partition(number % this.#parts.node.partitions);
    if (partition !== undefined) {
      try {
        return await read(partition.engine);
      } catch (error) {
        if (!isClosed(error)) {
          throw error;
        }
      }
    }
    return read({
      workflow: () => this.#durable.workflow(number),
      state: () => this.#durable.state(number),
      journalPage: (_id, range) => this.#durable.historyPage(number, range),
      wait: (_id, options) => this.#durable.wait(number, options),
    });
  }

  /** @throws EngineError `JOURNAL_UNAVAILABLE` if it is unknown whether it was done, and it can't be repeated */
  async #startAgain(
    id: string,
    { idempotencyKey }: RestartRequest,
    start: (engine: Engine) => Promise<WorkflowInfo>,
  ): Promise<WorkflowInfo> {
    if (idempotencyKey !== undefined) {
      return this.#repeatable(id, ({ engine }) => start(engine));
    }
    const { engine, claimed } = this.#here(id);
    try {
      return await start(engine);
    } catch (error) {
      if (!isClosed(error)) {
        throw error;
      }
      if (error.cause instanceof FencedError) {
        throw noOwner(claimed.partition, error);
      }
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `The owner of workflow ${id} changed while it was being started again: look at its restarts before you repeat that.`,
        { cause: error },
      );
    }
  }

  async #repeatable<Result>(
    id: string,
    act: (partition: OwnedPartition) => Promise<Result>,
  ): Promise<Result> {
    const partition = this.#here(id);
    try {
      return await act(partition);
    } catch (error) {
      throw isClosed(error) ? noOwner(partition.claimed.partition, error) : error;
    }
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND`, `NO_OWNER` */
  #here(id: string): OwnedPartition {
    const { node } = this.#parts;
    const number = toWorkflowNumber(id) % node.partitions;
    const partition = node.partition(number);
    if (partition === undefined) {
      throw noOwner(number);
    }
    return partition;
  }

  async #save(): Promise<void> {
    const saved = this.#parts.node.open.map(({ engine }) => engine.save());
    // Workflows that can't be saved are shown in their durable state.
    await Promise.allSettled(saved);
  }
}
