import type { Elsewhere, Engine, Errand, ErrandAnswer } from "../engine/index.ts";
import { isSealed, openText, type Seal } from "../store/seal.ts";
import type { SealedWorkflowStore } from "../store/sealed-workflow-store.ts";
import type { StoredWorkflow, StoredWorkflowFilter } from "../store/workflow-store.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type { AwaitedEnds } from "./awaited-ends.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import type { ErrandPost } from "./errand-post.ts";
import { partitionOfKey } from "./partition-of.ts";

/** The parts of a {@link PartitionElsewhere}. */
export interface PartitionElsewhereParts {
  /** The number of partitions of the cluster. */
  readonly partitions: number;
  readonly reader: ClusterReader;
  readonly ends: AwaitedEnds;
  /** The partition's store. */
  readonly store: SealedWorkflowStore;
  readonly seal: Seal;
  /** The post that delivers errands to a partition. */
  postTo(partition: number): Pick<ErrandPost, "send">;
}

/** An errand as it is sent. */
interface ErrandLetter {
  /** The workflow whose key encrypts it. */
  readonly from: number;
  /** JSON text, encrypted if the workflow has read a secret. */
  readonly errand: string;
}

/** How a partition that runs here reaches the other partitions of the cluster, and they reach it. */
export class PartitionElsewhere implements Elsewhere {
  readonly #parts: PartitionElsewhereParts;
  readonly #stopped = new AbortController();

  constructor(parts: PartitionElsewhereParts) {
    this.#parts = parts;
  }

  partitionOfKey(key: string): number {
    return partitionOfKey(key, this.#parts.partitions);
  }

  movedWorkflow(key: string): Promise<StoredWorkflow | undefined> {
    return this.#parts.reader.workflowByMovedKey(key);
  }

  async send(partition: number, errand: Errand, signal?: AbortSignal): Promise<ErrandAnswer> {
    const { postTo, seal, store } = this.#parts;
    const { by } = errand;
    const text = JSON.stringify(errand);
    const from = by?.workflow ?? 0;
    const isConfidential = by !== null && store.isConfidential(from);
    const letter: ErrandLetter = { from, errand: isConfidential ? seal.close(from, text) : text };
    const id = by === null ? null : `${toPublicId(from)}.${by.run}.${by.step}`;
    const answer = await postTo(partition).send(
      partition,
      id,
      JSON.stringify(letter),
      this.#whileHere(signal),
    );
    return JSON.parse(answer) as ErrandAnswer;
  }

  /** Does an errand from another partition. @throws Error if the result is unknown at the moment */
  async run(engine: Pick<Engine, "runErrand">, body: string): Promise<string> {
    const { seal, store } = this.#parts;
    const { errand: text, from } = JSON.parse(body) as ErrandLetter;
    const errand = JSON.parse(openText(seal, from, text)) as Errand;
    const run = (): Promise<ErrandAnswer> => engine.runErrand(errand);
    return JSON.stringify(
      await this.#unlessStopped(isSealed(text) ? store.confidedBy(from, run) : run()),
    );
  }

  async ended(
    id: number,
    reader: number,
    signal: AbortSignal,
  ): Promise<StoredWorkflow | undefined> {
    const { ends, reader: databases, store } = this.#parts;
    const whileHere = this.#whileHere(signal);
    for (;;) {
      await ends.wait(id, whileHere);
      try {
        const end = await databases.end(id);
        if (end?.isSealed === true) {
          store.confide(reader);
        }
        return end?.workflow;
      } catch {
        // The database became unavailable in between: wait again.
      }
    }
  }

  async runs(id: number): Promise<boolean> {
    return (await this.#parts.reader.workflow(id))?.status === "running";
  }

  ids(filter: StoredWorkflowFilter): Promise<readonly number[]> {
    return this.#parts.reader.ids(filter);
  }

  /** The partition doesn't run here any more. */
  stop(): void {
    this.#stopped.abort();
  }

  /** A promise that is pending when an engine closes may never settle. */
  async #unlessStopped<Result>(work: Promise<Result>): Promise<Result> {
    const { signal } = this.#stopped;
    const stopped = Promise.withResolvers<never>();
    const stop = (): void => stopped.reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    try {
      signal.throwIfAborted();
      return await Promise.race([work, stopped.promise]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #whileHere(signal: AbortSignal | undefined): AbortSignal {
    const { signal: stopped } = this.#stopped;
    return signal === undefined ? stopped : AbortSignal.any([signal, stopped]);
  }
}
