import {
  Engine,
  EngineError,
  MemoryJournal,
  MemoryStorage,
  fromPublicId,
  toPublicId,
  type JournalWrite,
  type EngineLimits,
  type NetworkRules,
  type EngineObserver,
  type ModuleSummary,
  type StartRequest,
  type WorkflowHistory,
  type WorkflowInfo,
  type WorkflowLog,
} from "@flawless-ts/server";
import { noteHistory, noteModule } from "../coverage/step-coverage.ts";
import { TestkitError } from "../errors.ts";
import type { Backend, BackendStart } from "./backend.ts";
import {
  CommitCounter,
  faultyJournal,
  type CrashPoint,
  type JournalFaults,
} from "./faulty-journal.ts";
import { OtherWork } from "./other-work.ts";
import { realPause, realTimers } from "./real-timers.ts";
import { sharedExecutors } from "./shared-executors.ts";
import { TestClock } from "./test-clock.ts";
import { TestHttp, type RequestFault, type TestHttpOption } from "./test-http.ts";
import { TimeSkipper } from "./time-skipper.ts";

/** What the engine in this process is made of. */
export interface InProcessOptions {
  readonly startTime: number;
  readonly seed: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly http: TestHttpOption | undefined;
  readonly network: NetworkRules | undefined;
  readonly autoSkip: boolean;
  readonly requestFaults: readonly RequestFault[];
  readonly journalFaults: JournalFaults;
  readonly crashPoint: CrashPoint | undefined;
  readonly stubs: ReadonlySet<string>;
  readonly limits: Partial<EngineLimits>;
  readonly observers: readonly EngineObserver[];
}

/** setTimeout takes no more. The wait ends with the workflow, or with its engine. */
const longestWaitMs = 2 ** 31 - 1;
/** Load tests start more than anyone wants to read of. */
const mostCoveredWorkflows = 1_000;

/** A durable engine in this process, on a clock and a network of the test's own. */
export class InProcessBackend implements Backend {
  readonly clock: TestClock;
  readonly http: TestHttp;
  readonly logs: WorkflowLog[] = [];
  readonly commits: CommitCounter = new CommitCounter();
  readonly #options: InProcessOptions;
  readonly #storage = new MemoryStorage();
  readonly #starts = new Map<string, StartRequest>();
  readonly #time: TimeSkipper;
  readonly #otherWork = new OtherWork();
  #engine: Promise<Engine>;
  #current: Engine | undefined;
  #crashes = 0;
  #calls = 0;
  #interrupted: string | undefined;
  #closed = false;
  #lastKey = 0;

  static async open(options: InProcessOptions): Promise<InProcessBackend> {
    const backend = new InProcessBackend(options);
    await backend.#engine;
    return backend;
  }

  private constructor(options: InProcessOptions) {
    this.#options = options;
    this.clock = new TestClock(options.startTime);
    this.http = new TestHttp(options.http, {
      clock: this.clock,
      network: options.network,
      faults: options.requestFaults,
      onCrash: () => void this.crash(),
    });
    this.#time = new TimeSkipper(this.clock, {
      autoSkip: options.autoSkip,
      whenIdle: async () => (await this.#engine).whenIdle(),
      handlersAtWork: () => this.http.working,
      describeWaiting: () => this.#describeWaiting(),
      calls: () => this.#calls,
      otherWork: () => this.#otherWork.isUnderWay,
      pause: realPause,
    });
    this.#engine = this.#open(options.crashPoint);
  }

  /** How often the engine was brought down. */
  get crashes(): number {
    return this.#crashes;
  }

  /** What the journal was given when the crash came that the options ask for. */
  get interruptedCommit(): string | undefined {
    return this.#interrupted;
  }

  /** As kill -9: what is not durable is gone. Another engine goes on from the journal. */
  async crash(): Promise<void> {
    const old = this.#current;
    if (old === undefined || this.#closed) {
      return;
    }
    this.#current = undefined;
    this.#calls += 1;
    this.#crashes += 1;
    const gone = old.kill();
    this.#engine = gone.then(() => this.#open(undefined));
    await this.#engine;
  }

  async skip(milliseconds: number): Promise<void> {
    this.#calls += 1;
    await this.#time.skip(milliseconds);
    this.#throwProblems();
  }

  async deploy(bytes: Uint8Array): Promise<ModuleSummary> {
    this.#calls += 1;
    const module = await this.#survivingCrashes((engine) => engine.deploy(bytes));
    noteModule(module.name, module.version, module.workflows);
    return module;
  }

  async start(start: BackendStart): Promise<string> {
    this.#calls += 1;
    this.#lastKey += 1;
    const request: StartRequest = { ...start, idempotencyKey: `testkit ${this.#lastKey}` };
    const id = await this.#survivingCrashes(async (engine) => {
      // Someone waits for the response from the first moment on, as a client would.
      engine.start(request).catch(() => undefined);
      const started = await engine.start(request, { detached: true });
      return started.id;
    });
    this.#starts.set(id, request);
    await this.#rest();
    return id;
  }

  async response(id: string): Promise<string | null> {
    const request = this.#starts.get(id);
    if (request === undefined) {
      throw new TestkitError(
        "TESTKIT_INVALID_OPTION",
        `workflow ${id} was not started in this environment`,
      );
    }
    return this.#awaiting(async (engine) => (await engine.start(request)).response);
  }

  async completion(id: string): Promise<WorkflowInfo> {
    return this.#awaiting(async (engine) => {
      const ended = new AbortController();
      try {
        return await engine.wait(id, { timeoutMs: longestWaitMs, signal: ended.signal });
      } finally {
        ended.abort();
      }
    });
  }

  async send(id: string, type: string, data: string): Promise<void> {
    this.#calls += 1;
    // A message that was durable when the crash came must not be sent again.
    const before = this.#messagesOf(id);
    await this.#survivingCrashes(async (engine) => {
      if (this.#messagesOf(id) === before) {
        await engine.send(id, type, data);
      }
    });
    await this.#rest();
  }

  async cancel(id: string): Promise<void> {
    this.#calls += 1;
    await this.#survivingCrashes((engine) => engine.cancel(id));
    await this.#rest();
  }

  async info(id: string): Promise<WorkflowInfo> {
    return this.#survivingCrashes((engine) => engine.workflow(id));
  }

  async history(id: string): Promise<WorkflowHistory> {
    return this.#survivingCrashes((engine) => engine.journal(id));
  }

  /** All workflows, oldest first. */
  async workflows(): Promise<readonly WorkflowInfo[]> {
    const all: WorkflowInfo[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#survivingCrashes((engine) => engine.list({ limit: 1_000, cursor }));
      all.push(...page.workflows);
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    return all.toReversed();
  }

  /** Settled when nothing happens any more before a time comes, a message, or an answer. */
  async whenIdle(): Promise<void> {
    await this.#time.settle();
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      await this.#noteCoverage();
      this.#closed = true;
      const engine = await this.#engine;
      await engine.kill();
      this.#throwProblems();
    }
  }

  async #noteCoverage(): Promise<void> {
    for (const { id } of (await this.workflows()).slice(0, mostCoveredWorkflows)) {
      noteHistory(await this.history(id));
    }
  }

  async #open(crashPoint: CrashPoint | undefined): Promise<Engine> {
    const { seed, secrets, stubs, limits, observers, journalFaults } = this.#options;
    const engine = await Engine.open({
      journal: faultyJournal(new MemoryJournal(this.#storage), {
        counter: this.commits,
        faults: journalFaults,
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
      observers,
      groupCommits: false,
      callersReturn: true,
      stubbedWorkflows: stubs,
      development: true,
      onLog: (log) => this.logs.push(log),
    });
    this.#current = engine;
    return engine;
  }

  /**
   * What a call sets off comes to rest before the test goes on: else it would depend on the machine's
   * threads which of both comes first.
   */
  async #rest(): Promise<void> {
    await this.#survivingCrashes((engine) => engine.whenIdle());
  }

  /** What the engine of before could not finish, the next one is asked for. */
  async #survivingCrashes<Value>(ask: (engine: Engine) => Promise<Value>): Promise<Value> {
    for (;;) {
      if (this.#closed) {
        throw disposed();
      }
      const engine = await this.#engine;
      try {
        return await Promise.race([ask(engine), this.#crashOf(engine)]);
      } catch (error) {
        if (!isClosed(error) || (engine === this.#current && !this.#closed)) {
          throw error;
        }
      }
    }
  }

  /** As above, while time goes on by itself. */
  async #awaiting<Value>(ask: (engine: Engine) => Promise<Value>): Promise<Value> {
    const value = await this.#time.during(this.#survivingCrashes(ask));
    this.#throwProblems();
    return value;
  }

  /** Rejects when the engine is brought down: what it was asked for may never be settled. */
  #crashOf(engine: Engine): Promise<never> {
    return engine.closed.then(() => {
      throw new EngineError("CLOSED", "the engine was stopped");
    });
  }

  #messagesOf(id: string): number {
    return this.commits.messages.get(fromPublicId(id) ?? 0) ?? 0;
  }

  #throwProblems(): void {
    const problem = this.http.problems.shift();
    if (problem !== undefined) {
      throw problem;
    }
  }

  async #describeWaiting(): Promise<string> {
    const running = (await this.workflows()).filter(({ status }) => status === "running");
    const lines = running.map(({ id, workflow, waiting }) => {
      const what =
        waiting === null
          ? "is queued"
          : waiting.on === "message"
            ? `waits for a message of type ${waiting.types.map((type) => JSON.stringify(type)).join(" or ")}`
            : waiting.on === "sleep"
              ? `sleeps until ${waiting.until}`
              : `waits for the answer to ${waiting.method} ${waiting.url}`;
      return `${workflow} (${id}) ${what}`;
    });
    return lines.length === 0 ? "no workflow is running" : lines.join("; ");
  }
}

/** The last step in a commit: that is what a crash there is about. */
function describeWrites(writes: readonly JournalWrite[]): string {
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
    deploy: "a module",
    append: "a step",
  };
  return `saving ${kinds[writes[0]?.kind ?? "state"]}`;
}

function isClosed(error: unknown): boolean {
  return error instanceof EngineError && error.code === "CLOSED";
}

function disposed(): TestkitError {
  return new TestkitError(
    "TESTKIT_DISPOSED",
    "the environment was disposed; create another one, or dispose it after the last use",
  );
}
