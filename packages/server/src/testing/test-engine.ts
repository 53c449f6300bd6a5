import { type FixtureName, fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll } from "vitest";
import type { EngineOptions, WorkflowLog } from "../engine/index.ts";
import { Engine } from "../engine/index.ts";
import type { HistoryStep, StartOptions, WorkflowInfo, WorkflowStatus } from "../engine/index.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import type { HttpClient } from "../network/http-client.ts";
import type { WorkflowStore } from "../store/workflow-store.ts";
import { MemoryWorkflowStore, MemoryStorage } from "../store/memory-workflow-store.ts";
import { ScriptedHttpClient } from "./scripted-http-client.ts";
import { TestClock } from "./test-clock.ts";
import { until } from "./until.ts";

let executors: ExecutorPool | undefined;

/** One thread for all engines of a test file: starting one takes longer than most tests. */
export function sharedExecutors(): ExecutorPool {
  executors ??= new ExecutorPool({ threads: 1 });
  return executors;
}

afterAll(async () => {
  await executors?.close();
  executors = undefined;
});

/** What a test engine can be given beyond an engine's own options. */
export interface TestEngineOptions extends Omit<EngineOptions, "journal" | "clock" | "http"> {
  readonly clock?: TestClock;
  /** What the journal is kept in; hand the same one in again for a "restart". */
  readonly storage?: MemoryStorage;
  /** Opens another store than one on `storage`: a "restart" opens it again. */
  readonly openStore?: () => Promise<WorkflowStore>;
  /** Puts something between the engine and its journal. */
  readonly wrapStore?: (store: WorkflowStore) => WorkflowStore;
  /** By default `http` of the test engine. */
  readonly client?: HttpClient;
  readonly http?: ScriptedHttpClient;
  /** The module to deploy, and whose workflows the helpers start. Default `conformance`. */
  readonly module?: FixtureName;
  /** `system`: random numbers are not the seed's. */
  readonly randomness?: "seed" | "system";
}

/** Whatever a workflow does must come out the same in each of these. */
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

/** An engine whose time, randomness, network and storage are the test's. */
export class TestEngine implements AsyncDisposable {
  readonly engine: Engine;
  readonly clock: TestClock;
  readonly storage: MemoryStorage;
  /** What the engine keeps its workflows in, without what is between them. */
  readonly store: WorkflowStore;
  readonly http: ScriptedHttpClient;
  /** All log lines, of this engine and of those that it is a restart of. */
  readonly logs: WorkflowLog[];
  /** What the engine reported to nobody in particular. */
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

  /** Stops this engine as a crash does, and opens another one on what is durable. */
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

  /** Starts a workflow, lets it go as far as it can without time passing, and tells its id. */
  async launch(workflow: string, input: unknown = null): Promise<string> {
    const { id } = await this.startText(workflow, JSON.stringify(input), { detached: true });
    await this.engine.whenIdle();
    return id;
  }

  async send(id: string, type: string, data: unknown): Promise<void> {
    await this.engine.send(id, type, JSON.stringify(data));
    await this.engine.whenIdle();
  }

  /** Lets time pass, stopping at each timer until all that it set off has come to rest. */
  async pass(milliseconds: number): Promise<void> {
    const target = this.clock.now() + milliseconds;
    await this.engine.whenIdle();
    for (let next = this.clock.next; next !== undefined && next <= target; next = this.clock.next) {
      this.clock.advance(Math.max(0, next - this.clock.now()));
      await this.engine.whenIdle();
    }
    this.clock.advance(target - this.clock.now());
  }

  /** Settled once so many requests were sent in all. */
  async requests(count: number): Promise<void> {
    await until(() => this.http.sent.length >= count);
  }

  /** As lists have it: without what it was started again from, and as. */
  async info(id: string): Promise<WorkflowInfo> {
    const { restartedFrom: _from, restarts: _restarts, ...info } = await this.engine.workflow(id);
    return info;
  }

  async status(id: string): Promise<WorkflowStatus> {
    return (await this.info(id)).status;
  }

  /** The parsed response of a workflow, undefined while there is none. */
  async response(id: string): Promise<unknown> {
    const { response } = await this.info(id);
    return response === null ? undefined : (JSON.parse(response) as unknown);
  }

  async steps(id: string): Promise<readonly HistoryStep[]> {
    return (await this.engine.journal(id)).steps;
  }

  /** Waits for a workflow's end, however long that takes on the real clock. */
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

  /** What the engine reported so far. A test that expects errors takes them, so that none is left at its end. */
  takeErrors(): readonly unknown[] {
    return this.errors.splice(0);
  }

  /** @throws AggregateError where the engine reported errors that the test did not take */
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
