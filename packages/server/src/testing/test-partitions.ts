import type { Elsewhere, Errand, ErrandAnswer } from "../engine/index.ts";
import { MemoryStorage } from "../store/memory-storage.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import type { StoredWorkflow, WorkflowStore } from "../store/workflow-store.ts";
import { CrashingStore, type CrashPoint } from "./crash-sweep.ts";
import { TestClock } from "./test-clock.ts";
import { TestEngine, type TestEngineOptions } from "./test-engine.ts";
import { until } from "./until.ts";

/** Where one of the engines crashes. */
export interface PartitionCrash extends CrashPoint {
  readonly partition: number;
}

/** The options of each engine. */
export interface TestPartitionsOptions extends Omit<TestEngineOptions, "wrapStore"> {
  /** Wraps an engine's store. */
  readonly wrapStore?: (store: WorkflowStore, partition: number) => WorkflowStore;
}

/**
 * The engines of a cluster, one for each partition, which reach each other without a network or a database: an errand
 * goes to the engine that currently runs its partition, and is sent again if it got no answer.
 */
export class TestPartitions implements AsyncDisposable {
  readonly engines: TestEngine[] = [];
  readonly #options: TestPartitionsOptions;
  readonly #clock = new TestClock();
  readonly #storages: readonly MemoryStorage[];
  /** All delivered errands, including repeated ones. */
  readonly brought: Errand[] = [];
  /** Whether the answer to an errand arrives. */
  answers: (errand: Errand) => boolean = () => true;
  crashed = false;
  #restarted: Promise<void> = Promise.resolve();

  static async open(
    count: number,
    options: TestPartitionsOptions = {},
    crash: PartitionCrash | null = null,
  ): Promise<TestPartitions> {
    const partitions = new TestPartitions(count, options);
    for (let index = 0; index < count; index += 1) {
      partitions.engines.push(await partitions.#open(index, crash));
    }
    return partitions;
  }

  private constructor(count: number, options: TestPartitionsOptions) {
    this.#options = options;
    this.#storages = Array.from({ length: count }, () => new MemoryStorage());
  }

  engine(partition: number): TestEngine {
    return this.engines[partition] as TestEngine;
  }

  /** The workflows of a partition, oldest first. */
  async workflows(partition: number): Promise<readonly StoredWorkflow[]> {
    return (await this.#store(partition).list({ limit: 100 })).toReversed();
  }

  /** Stops the engine of a partition like a crash, and opens another one. */
  async restart(partition: number): Promise<void> {
    await this.engine(partition).engine.kill();
    this.engines[partition] = await this.#open(partition, null);
  }

  /** One engine on the durable state of all partitions, as after a copy into one directory. */
  async merged(): Promise<TestEngine> {
    await Promise.all(this.engines.map(({ engine }) => engine.kill()));
    const [storage = new MemoryStorage(), ...others] = this.#storages;
    for (const other of others) {
      for (const [id, workflow] of other.workflows) {
        storage.workflows.set(id, workflow);
      }
    }
    const { wrapStore: _each, ...options } = this.#options;
    return TestEngine.open({ module: "extensions", ...options, clock: this.#clock, storage });
  }

  /** Waits for the condition, then advances time until no workflow is running and crashed engines are restarted. */
  async settled(isBegun: () => boolean): Promise<void> {
    await until(isBegun);
    const isQuiet = async (): Promise<boolean> => {
      await this.#restarted;
      const running = await Promise.all(
        this.#storages.map((_, index) => this.#store(index).list({ status: "running", limit: 1 })),
      );
      return running.flat().length === 0;
    };
    while (!(await isQuiet())) {
      this.#clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Resolves once this many errands were delivered in total. */
  async whenBrought(count: number): Promise<void> {
    await until(() => this.brought.length >= count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#restarted;
    for (const engine of this.engines) {
      await engine.engine.kill();
    }
  }

  #store(partition: number): WorkflowStore {
    return new MemoryWorkflowStore(this.#storages[partition]);
  }

  #open(index: number, crash: PartitionCrash | null): Promise<TestEngine> {
    const onCrash = (): void => {
      this.crashed = true;
      this.#restarted = this.restart(index);
    };
    return TestEngine.open({
      module: "extensions",
      ...this.#options,
      clock: this.#clock,
      storage: this.#storages[index] as MemoryStorage,
      ids: { count: this.#storages.length, index },
      elsewhere: this.#elsewhere(),
      wrapStore: (store) =>
        crash?.partition === index
          ? new CrashingStore(store, crash, onCrash)
          : (this.#options.wrapStore?.(store, index) ?? store),
    });
  }

  #elsewhere(): Elsewhere {
    return {
      partitionOfKey: (key) => Number(/\d+/.exec(key)?.[0] ?? 0) % this.#storages.length,
      movedWorkflow: async () => undefined,
      runs: async (id) => (await this.#stored(id))?.status === "running",
      ids: async (filter) => {
        const all = this.#storages.map((_, index) => this.#store(index).ids(filter));
        return (await Promise.all(all)).flat().toSorted((one, other) => other - one);
      },
      ended: async (id, _reader, signal) => {
        for (;;) {
          signal.throwIfAborted();
          const stored = await this.#stored(id);
          if (stored?.status !== "running") {
            return stored;
          }
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
      send: async (partition, errand, signal) => {
        for (;;) {
          signal?.throwIfAborted();
          const answer = await this.#bring(partition, errand);
          if (answer !== undefined) {
            return answer;
          }
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
    };
  }

  /** Delivers an errand like a network: an engine that crashes meanwhile never answers. */
  async #bring(partition: number, errand: Errand): Promise<ErrandAnswer | undefined> {
    this.brought.push(errand);
    const { engine } = this.engine(partition);
    const gone = engine.closed.then(() => undefined);
    const copy = JSON.parse(JSON.stringify(errand)) as Errand;
    const answer = await Promise.race([engine.runErrand(copy).catch(() => undefined), gone]);
    return this.answers(errand) ? answer : undefined;
  }

  #stored(id: number): Promise<StoredWorkflow | undefined> {
    return this.#store(id % this.#storages.length).workflow(id);
  }
}
