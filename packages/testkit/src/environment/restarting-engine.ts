import {
  EngineError,
  type EngineLimitOptions,
  type EngineObserver,
  type NetworkRules,
} from "@flawless-ts/server";
import {
  Engine,
  MemoryWorkflowStore,
  MemoryStorage,
  toPublicId,
  type StoreWrite,
  type WorkflowLog,
} from "@flawless-ts/server/internal";
import { TestActivities } from "../activities/test-activities.ts";
import { TestkitError } from "../errors.ts";
import { CommitCounter, faultyStore, type CrashPoint, type StoreFaults } from "./faulty-store.ts";
import { realTimers } from "./real-timers.ts";
import { sharedExecutors } from "./shared-executors.ts";
import { TestClock } from "./test-clock.ts";
import { TestHttp, type RequestFault, type TestHttpOption } from "./test-http.ts";

/** The parts of the engine in this process. */
export interface EngineParts {
  readonly startTime: number;
  readonly seed: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly http: TestHttpOption | undefined;
  readonly network: NetworkRules | undefined;
  readonly requestFaults: readonly RequestFault[];
  readonly storeFaults: StoreFaults;
  readonly crashPoint: CrashPoint | undefined;
  readonly stubs: ReadonlySet<string>;
  readonly limits: EngineLimitOptions;
  readonly observers: readonly EngineObserver[];
}

/** Keeps an engine running on a test's clock and network: after each crash, another one continues from its journal. */
export class RestartingEngine {
  readonly clock: TestClock;
  readonly http: TestHttp;
  readonly activities: TestActivities;
  readonly logs: WorkflowLog[] = [];
  readonly commits: CommitCounter = new CommitCounter();
  readonly #parts: EngineParts;
  readonly #storage = new MemoryStorage();
  #engine: Promise<Engine>;
  #current: Engine | undefined;
  #crashes = 0;
  #interrupted: string | undefined;
  #closed = false;

  static async open(parts: EngineParts): Promise<RestartingEngine> {
    const engine = new RestartingEngine(parts);
    await engine.#engine;
    return engine;
  }

  private constructor(parts: EngineParts) {
    this.#parts = parts;
    this.clock = new TestClock(parts.startTime);
    this.http = new TestHttp(parts.http, {
      clock: this.clock,
      network: parts.network,
      faults: parts.requestFaults,
      onCrash: () => void this.crash(),
    });
    this.activities = new TestActivities({
      clock: this.clock,
      onCrash: () => void this.crash(),
    });
    this.#engine = this.#open(parts.crashPoint);
  }

  /** The number of times the engine was crashed. */
  get crashes(): number {
    return this.#crashes;
  }

  /** What was being written to the journal at the crash that the options requested. */
  get interruptedCommit(): string | undefined {
    return this.#interrupted;
  }

  /** Like kill -9: what is not durable is lost. Another engine continues from the journal. */
  async crash(): Promise<void> {
    const old = this.#current;
    if (old === undefined || this.#closed) {
      return;
    }
    this.#current = undefined;
    this.activities.serve(undefined);
    this.#crashes += 1;
    const gone = old.kill();
    this.#engine = gone.then(() => this.#open(undefined));
    await this.#engine;
  }

  /**
   * Asks the engine. If it crashes before it can finish, the next engine is asked.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_CLOSED`
   * @throws EngineError as the engine does
   */
  async ask<Value>(question: (engine: Engine) => Promise<Value>): Promise<Value> {
    for (;;) {
      if (this.#closed) {
        throw environmentClosed();
      }
      const engine = await this.#engine;
      try {
        return await Promise.race([question(engine), crashOf(engine)]);
      } catch (error) {
        if (!isClosed(error) || (engine === this.#current && !this.#closed)) {
          throw error;
        }
      }
    }
  }

  /** Settled when the engine is idle. */
  async whenIdle(): Promise<void> {
    await (await this.#engine).whenIdle();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.activities.close();
    await (await this.#engine).kill();
  }

  async #open(crashPoint: CrashPoint | undefined): Promise<Engine> {
    const { seed, secrets, stubs, limits, observers, storeFaults } = this.#parts;
    const engine = await Engine.open({
      store: faultyStore(new MemoryWorkflowStore(this.#storage), {
        counter: this.commits,
        faults: storeFaults,
        crashPoint,
        onCrash: (writes) => {
          this.#interrupted ??= describeWrites(writes);
          void this.crash();
        },
      }),
      clock: this.clock,
      http: this.http,
      executors: sharedExecutors(),
      timers: realTimers,
      seed,
      secrets,
      limits,
      observers: [...observers, { activityCalled: (queue) => this.activities.called(queue) }],
      groupCommits: false,
      stubbedWorkflows: stubs,
      development: true,
      onLog: (log) => this.logs.push(log),
    });
    this.#current = engine;
    this.activities.serve(engine);
    return engine;
  }
}

/** Rejects when the engine crashes, because its pending calls may never settle. */
function crashOf(engine: Engine): Promise<never> {
  return engine.closed.then(() => {
    throw new EngineError("CLOSED", "The engine was stopped.");
  });
}

/** Describes the last step in a commit, which is what a crash there is about. */
function describeWrites(writes: readonly StoreWrite[]): string {
  const last = writes.findLast((write) => write.kind === "append");
  if (last !== undefined) {
    const line = last.lines.trimEnd().split("\n").at(-1) ?? "";
    const [kind, , content = ""] = line.split("\t");
    const what =
      kind === "I" ? "before the call" : kind === "R" ? "with the answer" : "after the call";
    return `${what} ${content.slice(0, 300)} of workflow ${toPublicId(last.id)}`;
  }
  const kinds = {
    create: "a start",
    state: "a change of state",
    receive: "a message",
    consume: "a message",
    note: "what is kept of a workflow",
    label: "a label",
    schedule: "a schedule",
    unschedule: "a schedule",
    deploy: "a module",
    append: "a step",
    continue: "the next run",
  };
  return `saving ${kinds[writes[0]?.kind ?? "state"]}`;
}

function isClosed(error: unknown): boolean {
  return error instanceof EngineError && error.code === "CLOSED";
}

/** The error for using a closed environment. */
export function environmentClosed(): TestkitError {
  return new TestkitError(
    "FLAWLESS_TESTKIT_CLOSED",
    "The environment is closed. Create another one, or close it after the last use.",
  );
}
