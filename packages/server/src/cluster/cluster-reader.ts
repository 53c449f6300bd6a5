import { hasSealedEnd, openText, openWorkflow, type Seal } from "../store/seal.ts";
import {
  type AppendPositions,
  listedCharacters,
  type StoredSchedule,
  type SearchBy,
  type StoredWorkflow,
  type StoredWorkflowFilter,
  type Walk,
  type Walked,
  type WorkflowCounts,
} from "../store/workflow-store.ts";
import type { PostgresReader } from "../store/postgres/index.ts";
import { partitionOfKey } from "./partition-of.ts";

/** Reads some partitions, no matter which node runs them. */
export type PartitionsReader = Pick<
  PostgresReader,
  | "workflow"
  | "ended"
  | "workflowByIdempotencyKey"
  | "list"
  | "ids"
  | "walk"
  | "lines"
  | "note"
  | "schedules"
  | "counts"
>;

/** Finds workflows that were copied here and are not in the partition that follows from their key. */
export type MovedKeys = Pick<PostgresReader, "hasMovedKeys" | "workflowByMovedKey">;

/** Reads the durable state of the workflows of all partitions in all databases of a cluster. */
export class ClusterReader {
  readonly #readers: readonly PartitionsReader[];
  readonly #moved: MovedKeys | undefined;
  readonly #partitions: number;
  readonly #seal: Seal;
  /** Whether there are moved keys: none are added while nodes run. */
  #movedKeys: Promise<boolean> | undefined;

  /**
   * @param readers one for each database, in the order of their partitions: partition p is in database p mod n
   * @param moved undefined if nothing was ever copied
   */
  constructor(
    readers: readonly PartitionsReader[],
    moved: MovedKeys | undefined,
    partitions: number,
    seal: Seal,
  ) {
    this.#readers = readers;
    this.#moved = moved;
    this.#partitions = partitions;
    this.#seal = seal;
  }

  async workflow(id: number): Promise<StoredWorkflow | undefined> {
    return this.#opened(await this.#of(id % this.#partitions).workflow(id));
  }

  /** The workflow, and whether its end is encrypted: a workflow that gets it counts as having read a secret. */
  async end(
    id: number,
  ): Promise<{ readonly workflow: StoredWorkflow; readonly isSealed: boolean } | undefined> {
    const workflow = await this.#of(id % this.#partitions).workflow(id);
    return workflow === undefined
      ? undefined
      : { workflow: openWorkflow(this.#seal, workflow), isSealed: hasSealedEnd(workflow) };
  }

  /** The given workflows that have ended or don't exist. Workflows of an unavailable database count as running. */
  async ended(ids: readonly number[]): Promise<readonly number[]> {
    const all = this.#readers.map(async (reader, index) => {
      const own = ids.filter((id) => (id % this.#partitions) % this.#readers.length === index);
      return own.length === 0 ? [] : reader.ended(own).catch(() => []);
    });
    return (await Promise.all(all)).flat();
  }

  async workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    const reader = this.#of(partitionOfKey(key, this.#partitions));
    return this.#opened(await reader.workflowByIdempotencyKey(key));
  }

  /** The workflow of a key, if it was copied here and is not in the partition that follows from the key. */
  async workflowByMovedKey(key: string): Promise<StoredWorkflow | undefined> {
    const moved = this.#moved;
    if (moved === undefined) {
      return undefined;
    }
    this.#movedKeys ??= moved.hasMovedKeys().catch((error: unknown) => {
      this.#movedKeys = undefined;
      throw error;
    });
    return (await this.#movedKeys) ? this.#opened(await moved.workflowByMovedKey(key)) : undefined;
  }

  /** Newest first: merges the first ones of each database. */
  async list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    const all = await Promise.all(this.#readers.map((reader) => reader.list(filter)));
    const found: StoredWorkflow[] = [];
    let left = filter.characters ?? Infinity;
    for (const workflow of all.flat().toSorted((one, other) => other.id - one.id)) {
      if (found.length === filter.limit || left <= 0) {
        break;
      }
      found.push(openWorkflow(this.#seal, workflow));
      left -= listedCharacters(workflow);
    }
    return found;
  }

  async ids(filter: StoredWorkflowFilter): Promise<readonly number[]> {
    const all = await Promise.all(this.#readers.map((reader) => reader.ids(filter)));
    return all
      .flat()
      .toSorted((one, other) => other - one)
      .slice(0, filter.limit);
  }

  async walk(filter: StoredWorkflowFilter, by: SearchBy, walk: Walk): Promise<Walked> {
    const databases = this.#readers.length;
    const { inputBytes } = walk;
    const share: Walk = {
      most: Math.ceil(walk.most / databases),
      inputBytes: inputBytes === undefined ? undefined : Math.ceil(inputBytes / databases),
    };
    const all = await Promise.all(this.#readers.map((reader) => reader.walk(filter, by, share)));
    const ends = all.flatMap(({ lowest }) => (lowest === null ? [] : [lowest]));
    return {
      count: all.reduce((sum, { count }) => sum + count, 0),
      lowest: ends.length === 0 ? null : Math.max(...ends),
    };
  }

  async lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    const texts = await this.#of(id % this.#partitions).lines(id, positions);
    return texts.map((text) => openText(this.#seal, id, text));
  }

  async note(id: number, name: string): Promise<string | undefined> {
    const value = await this.#of(id % this.#partitions).note(id, name);
    return value === undefined ? undefined : openText(this.#seal, id, value);
  }

  /** Sorted by name: merges the first ones of each database. */
  async schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]> {
    const all = await Promise.all(this.#readers.map((reader) => reader.schedules(after, limit)));
    return all
      .flat()
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .slice(0, limit);
  }

  async counts(): Promise<WorkflowCounts> {
    const all = await Promise.all(this.#readers.map((reader) => reader.counts()));
    return all.reduce((sum, counts) => ({
      running: sum.running + counts.running,
      completed: sum.completed + counts.completed,
      failed: sum.failed + counts.failed,
      cancelled: sum.cancelled + counts.cancelled,
      sleeping: sum.sleeping + counts.sleeping,
    }));
  }

  #of(partition: number): PartitionsReader {
    return this.#readers[partition % this.#readers.length] as PartitionsReader;
  }

  #opened(workflow: StoredWorkflow | undefined): StoredWorkflow | undefined {
    return workflow === undefined ? undefined : openWorkflow(this.#seal, workflow);
  }
}
