import { readFile } from "node:fs/promises";
import type { FlawlessOptions } from "@flawless-ts/sdk";
import type {
  EngineLimits,
  EngineObserver,
  NetworkRules,
  WorkflowInfo,
  WorkflowLog,
} from "@flawless-ts/server";
import type { Contract, UntypedContract } from "@flawless-ts/wasm-module";
import { toMilliseconds, type DurationLike } from "../duration.ts";
import { TestkitError } from "../errors.ts";
import type { Backend } from "./backend.ts";
import { checkOptions, toStartTime } from "./check-options.ts";
import type { CrashPoint, JournalFaults } from "./faulty-journal.ts";
import type { TestRequest } from "./http-reply.ts";
import { InProcessBackend } from "./in-process-backend.ts";
import { RemoteBackend } from "./remote-backend.ts";
import type { RequestFault, TestHttpOption } from "./test-http.ts";
import { TestModule } from "./test-module.ts";
import type { TestRun } from "./test-run.ts";

/** What an environment is made of; everything has a default, and every default is repeatable. */
export interface TestEnvironmentOptions {
  /** When its clock begins, from 1970 on: a Date, ISO 8601 text or milliseconds. Default 2026-01-01T00:00:00Z. */
  readonly startTime?: Date | string | number;
  /** Makes random numbers repeatable. Default 1. */
  readonly seed?: number;
  /** What workflows get for the names of secrets. Default: none. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Who answers requests. Default: nobody; a request that nobody answers fails the test. */
  readonly http?: TestHttpOption;
  /**
   * Which hosts workflows may send requests to, as `flawless up --deny-private` and its like say it. A request that is
   * refused reaches nobody, and the workflow gets its transport error. By name only, unless `http` is `"network"`.
   * Default: all.
   */
  readonly network?: NetworkRules;
  /** Whether time goes on by itself while the test waits and every workflow is idle. Default true. */
  readonly autoSkip?: boolean;
  /** Rebuilds a workflow from its journal at each wake-up, which finds nondeterminism. Default false. */
  readonly alwaysReplay?: boolean;
  /** What goes wrong with requests and with the journal. Default: nothing. */
  readonly faults?: {
    readonly requests?: readonly RequestFault[];
    readonly journal?: JournalFaults;
    /** Where the server crashes, by commit of its journal. */
    readonly crash?: CrashPoint;
  };
  /** Names of child workflows that are not run: they complete as soon as they are started. */
  readonly stubs?: readonly string[];
  /** The engine's limits. Default: those of a server. */
  readonly limits?: Partial<EngineLimits>;
  /** Hear what the engine does, as those of a server do: traces, for example. Default: nobody does. */
  readonly observers?: readonly EngineObserver[];
}

/**
 * Runs durable workflows for a test: the server's own engine in this process, with a clock that skips,
 * a network that the test answers, and crashes on demand.
 *
 * ```ts
 * await using env = await TestEnvironment.create({ http: { "POST https://pay.example/*": { json: { ok: true } } } });
 * const module = await env.deploy("orders.wasm");
 * const run = await module.start("checkout", { order: 7 });
 * await env.skip("3 days");
 * expect(await run.response()).toEqual({ paid: true });
 * ```
 */
export class TestEnvironment implements AsyncDisposable {
  readonly #backend: Backend;
  readonly #local: InProcessBackend | undefined;
  readonly #stubs: Set<string>;
  readonly #runs: TestRun[] = [];
  #disposed = false;

  /**
   * An environment in this process.
   * @throws TestkitError `TESTKIT_INVALID_OPTION`
   */
  static async create(options: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
    checkOptions(options);
    const { seed = 1, alwaysReplay = false } = options;
    const stubs = new Set(options.stubs);
    const backend = await InProcessBackend.open({
      startTime: toStartTime(options.startTime),
      seed,
      secrets: options.secrets ?? {},
      http: options.http,
      network: options.network,
      autoSkip: options.autoSkip ?? true,
      requestFaults: options.faults?.requests ?? [],
      journalFaults: options.faults?.journal ?? {},
      crashPoint: options.faults?.crash,
      stubs,
      observers: options.observers ?? [],
      limits: { ...options.limits, ...(alwaysReplay ? { idleGuestMs: 0 } : {}) },
    });
    return new TestEnvironment(backend, backend, stubs);
  }

  /**
   * The same surface on a server that runs already. What only an engine in this process can do (skip
   * time, crash, see requests) throws `TESTKIT_NOT_SUPPORTED`. A start waits for the response there.
   */
  static connect(url: string, options: Omit<FlawlessOptions, "url"> = {}): TestEnvironment {
    return new TestEnvironment(new RemoteBackend({ ...options, url }), undefined, new Set());
  }

  private constructor(backend: Backend, local: InProcessBackend | undefined, stubs: Set<string>) {
    this.#backend = backend;
    this.#local = local;
    this.#stubs = stubs;
  }

  /** The environment's time, in milliseconds since the Unix epoch. */
  get now(): number {
    return this.#inProcess("now").clock.now();
  }

  /** What workflows sent and what arrived, in order. */
  get requests(): readonly TestRequest[] {
    return this.#inProcess("requests").http.requests;
  }

  /** What workflows logged, in order. */
  get logs(): readonly WorkflowLog[] {
    return this.#inProcess("logs").logs;
  }

  /** The workflows that were started through this environment, in order. */
  get runs(): readonly TestRun[] {
    return this.#runs;
  }

  /** How often the journal was written to; see `faults.crash`. */
  get commits(): number {
    return this.#inProcess("commits").commits.count;
  }

  /** What was being saved when the crash of `faults.crash` came; undefined before that. */
  get crashSite(): string | undefined {
    return this.#inProcess("crashSite").interruptedCommit;
  }

  /** How often the server crashed. */
  get crashes(): number {
    return this.#inProcess("crashes").crashes;
  }

  /**
   * Makes a module's workflows available. Another build of the same name and version takes its place
   * for new workflows.
   *
   * @param bytesOrPath the bytes of a `.wasm`, or the path of one
   * @throws EngineError `MODULE_REFUSED`
   * @throws TestkitError `TESTKIT_INVALID_OPTION` where the module is not that of the contract
   */
  async deploy<C extends Contract = UntypedContract>(
    bytesOrPath: Uint8Array | string | URL,
    options: { readonly contract?: C } = {},
  ): Promise<TestModule<C>> {
    this.#assertUsable();
    const bytes = bytesOrPath instanceof Uint8Array ? bytesOrPath : await readFile(bytesOrPath);
    const { name, version } = await this.#backend.deploy(bytes);
    const { contract } = options;
    if (contract !== undefined && (contract.name !== name || contract.version !== version)) {
      throw new TestkitError(
        "TESTKIT_INVALID_OPTION",
        `the contract is that of ${contract.name} ${contract.version}, but the module is ${name} ${version}`,
      );
    }
    return new TestModule<C>(this.#backend, contract ?? null, { name, version }, (run) => {
      this.#runs.push(run as unknown as TestRun);
    });
  }

  /**
   * Lets that much time pass: milliseconds, or text such as "36 hours"; to reach a date, skip `date.getTime() - env.now`.
   * Timers in between fire in order.
   * @throws TestkitError `TESTKIT_INVALID_OPTION`, `TESTKIT_UNEXPECTED_REQUEST`
   */
  async skip(duration: DurationLike): Promise<void> {
    await this.#inProcess("skip()").skip(toMilliseconds(duration));
  }

  /** Settled when nothing happens any more without a message, an answer, or time going on. */
  async settle(): Promise<void> {
    await this.#inProcess("settle()").whenIdle();
  }

  /** As `kill -9`: nothing is flushed. Another engine goes on from the journal. */
  async crash(): Promise<void> {
    await this.#inProcess("crash()").crash();
  }

  /** Lets something go wrong with a request to come. */
  addFault(fault: RequestFault): void {
    this.#inProcess("addFault()").http.addFault(fault);
  }

  /** Children of this name are not run from now on: they complete as soon as they are started. */
  stub(workflow: string): void {
    this.#inProcess("stub()");
    this.#stubs.add(workflow);
  }

  /** All workflows, children included, oldest first. */
  async workflows(): Promise<readonly WorkflowInfo[]> {
    return this.#inProcess("workflows()").workflows();
  }

  /** The journal of any workflow, children included: `env.workflows()` tells their ids. */
  async history(id: string): ReturnType<TestRun["history"]> {
    this.#assertUsable();
    return this.#backend.history(id);
  }

  /**
   * Ends the environment. Using it afterwards throws `TESTKIT_DISPOSED`.
   * @throws TestkitError for a request that nobody answered and no call has reported yet
   */
  async dispose(): Promise<void> {
    if (!this.#disposed) {
      this.#disposed = true;
      await this.#backend.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #inProcess(what: string): InProcessBackend {
    this.#assertUsable();
    if (this.#local === undefined) {
      throw new TestkitError(
        "TESTKIT_NOT_SUPPORTED",
        `${what} works with an engine in this process only; this environment is connected to a server. ` +
          "Use TestEnvironment.create()",
      );
    }
    return this.#local;
  }

  #assertUsable(): void {
    if (this.#disposed) {
      throw new TestkitError(
        "TESTKIT_DISPOSED",
        "the environment was disposed; create another one",
      );
    }
  }
}
