import { type FixtureName, fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll } from "vitest";
import type { EngineOptions, WorkflowLog } from "../engine/index.ts";
import { Engine } from "../engine/index.ts";
import type { HistoryStep, StartOptions, WorkflowInfo, WorkflowStatus } from "../engine/index.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import type { HttpClient } from "../network/http-client.ts";
import type { WorkflowStore } from "../store/workflow-store.ts";
import { MemoryStorage } from "../store/memory-storage.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import { ScriptedHttpClient } from "./scripted-http-client.ts";
import { TestClock } from "./test-clock.ts";
import { until } from "./until.ts";

let executors: ExecutorPool | undefined;

/** One thread for all engines of a test file, because starting one takes longer than most tests. */
export function sharedExecutors(): ExecutorPool {
  executors ??= new ExecutorPool({ threads: 1 });
  return executors;
}

afterAll(async () => {
  await executors?.close();
  executors = undefined;
});

/** The options of a test engine, in addition to an engine's own. */
export interface TestEngineOptions extends Omit<EngineOptions, "journal" | "clock" | "http"> {
  readonly clock?: TestClock;
  /** The storage of the journal; pass the same one again for a "restart". */
  readonly storage?: MemoryStorage;
  /** Opens another store than one on `storage`: a "restart" opens it again. */
  readonly openStore?: () => Promise<WorkflowStore>;
  /** Wraps the engine's store. */
  readonly wrapStore?: (store: WorkflowStore) => WorkflowStore;
  /** Default: the test engine's `http`. */
  readonly client?: HttpClient;
  readonly http?: ScriptedHttpClient;
  /** The module that is deployed, and whose workflows the helpers start. Default `conformance`. */
  readonly module?: FixtureName;
  /** `system`: random numbers don't come from the seed. */
  readonly randomness?: "seed" | "system";
}

/** Every workflow must have the same results in each of these modes. */
export const memoryModes = [
  { mode: "guest in memory", limits: {} },
  { mode: "guest rebuilt after each wait", limits: { idleGuestMs: 0 } },
] as const;

const versions: Readonly<Record<FixtureName, { name: string; version: string }>> = {
  conformance: { name: "conformance", version: "1.0.0" },
  conformance_beta1: { name: "conformance-beta1", version: "1.0.0" },
  conformance_beta2: { name: "conformance-beta2", version: "1.0.0" },
  crawler: { name: "crawler", version: "0.1.8" },
  crawler_stand_in: { name: "flawless-ts-crawler", version: "0.1.8" },
  extensions: { name: "extensions", version: "1.0.0" },
  raw_calls: { name: "raw-calls", version: "1.0.0" },
};

/** An engine whose time, randomness, network and storage the test controls. */
export class TestEngine implements AsyncDisposable {
  readonly engine: Engine;
  readonly clock: TestClock;
  readonly storage: MemoryStorage;
  /** The engine's store, without wrappers. */
  readonly store: WorkflowStore;
  readonly http: ScriptedHttpClient;
  /** All log lines of this engine and the engines before its restarts. */
  readonly logs: WorkflowLog[];
  /** The errors that the engine reported to `onError`. */
  readonly errors: unknown[];
  readonly #options: TestEngineOptions;
  readonly #module: FixtureName;

  private constructor(
    engine: Engine,
    options: TestEngineOptions,
    parts: Pick<TestEngine, "clock" | "storage" | "store" | "http" | "logs" | "errors">,
  ) {
    this.engine = engine;
    this.#options = options;
    this.#module = options.module ?? "conformance";
    this.clock = parts.clock;
    this.storage = parts.storage;
    this.store = parts.store;
    this.http = parts.http;
    this.logs = parts.logs;
    this.errors = parts.errors;
  }

  static async open(
    options: TestEngineOptions = {},
    before: Pick<TestEngine, "logs" | "errors"> = { logs: [], errors: [] },
  ): Promise<TestEngine> {
    const { clock = new TestClock(), storage = new MemoryStorage() } = options;
    const { http = new ScriptedHttpClient(), wrapStore = (store) => store } = options;
    const { logs, errors } = before;
    const store = (await options.openStore?.()) ?? new MemoryWorkflowStore(storage);
    const engine = await Engine.open({
      ...(options.randomness === "system" ? {} : { seed: 1 }),
      executors: sharedExecutors(),
      onLog: (log) => logs.push(log),
      onError: (error) => errors.push(error),
      ...options,
      store: wrapStore(store),
      clock,
      http: options.client ?? http,
    });
    try {
      await engine.deploy(fixtureBytes(options.module ?? "conformance"));
    } catch (error) {
      await engine.kill();
      throw error;
    }
    return new TestEngine(engine, options, { clock, storage, store, http, logs, errors });
  }

  /** Stops this engine like a crash, and opens another one on the durable state. */
  async restart(changed: TestEngineOptions = {}): Promise<TestEngine> {
    await this.engine.kill();
    const { clock, storage, http, logs, errors } = this;
    return TestEngine.open(
      { ...this.#options, clock, storage, http, ...changed },
      { logs, errors },
    );
  }

  /** Starts a workflow and waits for its response, as JSON text. */
  async startText(
    workflow: string,
    input = "null",
    options: StartOptions = {},
  ): Promise<{ id: string; response: string | null }> {
    const { name: module, version } = versions[this.#module];
    return this.engine.start({ module, version, workflow, input }, options);
  }

  /** Starts a workflow, waits for its response and parses it. */
  async run(workflow: string, input: unknown = null): Promise<unknown> {
    const { response } = await this.startText(workflow, JSON.stringify(input));
    return response === null ? undefined : (JSON.parse(response) as unknown);
  }

  /** Starts a workflow, lets it run as far as it can without time passing, and returns its id. */
  async launch(workflow: string, input: unknown = null): Promise<string> {
    const { id } = await this.startText(workflow, JSON.stringify(input), { detached: true });
    await this.engine.whenIdle();
    return id;
  }

  async send(id: string, type: string, data: unknown): Promise<void> {
    await this.engine.send(id, type, JSON.stringify(data));
    await this.engine.whenIdle();
  }

  /** Advances time, waiting at each timer until everything that it triggered has settled. */
  async pass(milliseconds: number): Promise<void> {
    const target = this.clock.now() + milliseconds;
    await this.engine.whenIdle();
    for (let next = this.clock.next; next !== undefined && next <= target; next = this.clock.next) {
      this.clock.advance(Math.max(0, next - this.clock.now()));
      await this.engine.whenIdle();
    }
    this.clock.advance(target - this.clock.now());
  }

  /** Resolves once this many requests were sent in total. */
  async requests(count: number): Promise<void> {
    await until(() => this.http.sent.length >= count);
  }

  /** The workflow as in lists: without its restarts, and what it was restarted from. */
  async info(id: string): Promise<WorkflowInfo> {
    const { restartedFrom: _from, restarts: _restarts, ...info } = await this.engine.workflow(id);
    return info;
  }

  async status(id: string): Promise<WorkflowStatus> {
    return (await this.info(id)).status;
  }

  /** The parsed response of a workflow; undefined while there is none. */
  async response(id: string): Promise<unknown> {
    const { response } = await this.info(id);
    return response === null ? undefined : (JSON.parse(response) as unknown);
  }

  async steps(id: string): Promise<readonly HistoryStep[]> {
    return (await this.engine.journal(id)).steps;
  }

  /** Waits for a workflow's end, however long it takes in real time. */
  async end(id: string): Promise<WorkflowInfo> {
    let info = await this.info(id);
    while (info.status === "running") {
      info = await this.engine.wait(id, { timeoutMs: 100 });
    }
    return info;
  }

  /** Log lines so far: level and message of each. */
  get logLines(): readonly string[] {
    return this.logs.map(({ level, message }) => `${level}: ${message}`);
  }

  /** The errors reported so far. A test that expects errors must take them, so that none are left at its end. */
  takeErrors(): readonly unknown[] {
    return this.errors.splice(0);
  }

  /** @throws AggregateError if the engine reported errors that the test did not take */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.kill();
    if (this.errors.length > 0) {
      throw new AggregateError(
        this.takeErrors(),
        "the engine reported errors that the test did not expect",
      );
    }
  }
}
