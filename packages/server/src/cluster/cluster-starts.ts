import {
  assertSameStart,
  type EngineShare,
  type StartOptions,
  type StartRequest,
  type StartResult,
} from "../engine/index.ts";
import { endWithoutResponse } from "../engine/workflow-info.ts";
import { EngineError } from "../errors.ts";
import type { StoredWorkflow } from "../store/workflow-store.ts";
import { fromPublicId, toPublicId } from "../workflow/workflow-id.ts";
import type { PartitionNode } from "./partition-node.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import { DurableRuns } from "./durable-runs.ts";
import { isClosed, noOwner } from "./no-owner.ts";
import type { OwnedPartition } from "./owned-partition.ts";
import { partitionOfKey } from "./partition-of.ts";

/** Starts workflows in the partitions of this node. Callers don't notice if their workflow moves to another node. */
export class ClusterStarts {
  readonly #node: PartitionNode;
  readonly #share: EngineShare;
  readonly #reader: ClusterReader;
  readonly #runs: DurableRuns;
  readonly #development: boolean;

  /** @param development whether the module behind a name and version may change at any time */
  constructor(
    node: PartitionNode,
    share: EngineShare,
    reader: ClusterReader,
    development: boolean,
  ) {
    this.#node = node;
    this.#share = share;
    this.#reader = reader;
    this.#runs = new DurableRuns(reader, async () => undefined);
    this.#development = development;
  }

  /** @throws EngineError like `Engine.start`; `NO_OWNER` */
  async start(request: StartRequest, options: StartOptions): Promise<StartResult> {
    await this.#knowModule(request);
    const moved = await this.#moved(request);
    if (moved !== undefined) {
      options.onStarted?.(toPublicId(moved.id));
      return await this.#result(moved, options);
    }
    for (;;) {
      const partition = this.#partitionFor(request);
      let id: string | undefined;
      try {
        const onStarted = (started: string): void => {
          id = started;
          options.onStarted?.(started);
        };
        return await partition.engine.start(request, { ...options, onStarted });
      } catch (error) {
        if (!isClosed(error) || this.#node.isFixed) {
          throw error;
        }
        const begun = await this.#whatBecameOf(request, id, partition, options.signal);
        if (begun !== undefined) {
          return await this.#result(begun, options);
        }
        // Nothing was done, and nothing will be, so the start can be retried.
      }
    }
  }

  /** The workflow that was started with the same key, and then copied here. */
  async #moved(request: StartRequest): Promise<StoredWorkflow | undefined> {
    const { idempotencyKey: key } = request;
    const moved = key === undefined ? undefined : await this.#reader.workflowByMovedKey(key);
    if (key !== undefined && moved !== undefined) {
      assertSameStart(key, moved, request);
    }
    return moved;
  }

  /** Loads the module if another node may have deployed it. */
  async #knowModule({ module, version }: StartRequest): Promise<void> {
    const { modules } = this.#share;
    const isKnown = modules
      .list()
      .some((known) => known.name === module && known.version === version);
    if (!isKnown || this.#development) {
      await modules.load();
    }
  }

  /** @throws EngineError `NO_OWNER` */
  #partitionFor({ idempotencyKey }: StartRequest): OwnedPartition {
    const { partitions } = this.#node;
    if (idempotencyKey === undefined) {
      const partition = this.#node.nextForStart();
      if (partition === undefined) {
        throw new EngineError(
          "NO_OWNER",
          "This node runs no partition at the moment, and no other node can be reached. Nothing was done: send the request again.",
        );
      }
      return partition;
    }
    const number = partitionOfKey(idempotencyKey, partitions);
    const partition = this.#node.partition(number);
    if (partition === undefined) {
      throw noOwner(number);
    }
    return partition;
  }

  /**
   * Finds out whether a start is durable after its engine was stopped. That is known once the partition has another
   * epoch: then nothing from the old one can have an effect any more.
   *
   * @throws EngineError `JOURNAL_UNAVAILABLE` if that is unknown
   */
  async #whatBecameOf(
    { idempotencyKey }: StartRequest,
    id: string | undefined,
    { claimed: { partition, epoch } }: OwnedPartition,
    signal: AbortSignal | undefined,
  ): Promise<StoredWorkflow | undefined> {
    if (id === undefined && idempotencyKey === undefined) {
      return undefined;
    }
    const { leaseMs } = this.#node;
    const deadline = performance.now() + 3 * leaseMs;
    while (this.#node.epochOf(partition) <= epoch && performance.now() < deadline) {
      signal?.throwIfAborted();
      await this.#node.changed(leaseMs / 10, signal);
    }
    if (this.#node.epochOf(partition) > epoch) {
      return idempotencyKey === undefined
        ? this.#reader.workflow(fromPublicId(id ?? "") ?? 0)
        : this.#reader.workflowByIdempotencyKey(idempotencyKey);
    }
    throw new EngineError(
      "JOURNAL_UNAVAILABLE",
      "The node lost its partition while the start was being saved, and the database does not tell what became of it.",
      id === undefined ? {} : { workflowId: id },
    );
  }

  async #result(begun: StoredWorkflow, options: StartOptions): Promise<StartResult> {
    const id = toPublicId(begun.id);
    if (options.detached === true) {
      return { id, response: null };
    }
    const signal = options.signal ?? new AbortController().signal;
    const workflow = await this.#runs.callerWaits(begun.id, signal);
    const error = workflow.response === null ? endWithoutResponse(workflow) : null;
    if (error !== null) {
      throw error;
    }
    return { id, response: workflow.response };
  }
}
