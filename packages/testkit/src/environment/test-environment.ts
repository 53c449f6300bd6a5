import { Flawless, type WorkflowInfo } from "@flawless-ts/sdk";
import type { WorkflowLog } from "@flawless-ts/server/internal";
import type {
  ActivityDefinitions,
  ActivityFunction,
  Contract,
  DurationLike,
  UntypedContract,
} from "@flawless-ts/wasm-module";
import type { ActivityFault } from "../activities/activity-fault.ts";
import type { ActivityMocks } from "../activities/activity-mocks.ts";
import type { TestActivity } from "../activities/test-activity.ts";
import { toMilliseconds } from "../duration.ts";
import { checkOptions, toStartTime } from "./check-options.ts";
import type { TestRequest } from "./http-reply.ts";
import { InProcessConnection } from "./in-process-connection.ts";
import { environmentClosed } from "./restarting-engine.ts";
import type { TestEnvironmentOptions } from "./test-environment-options.ts";
import type { RequestFault } from "./test-http.ts";
import { TestModule, TestRun } from "./test-module.ts";

/**
 * Runs durable workflows for a test: the server's own engine in this process, with a clock that skips,
 * a network that the test simulates, and crashes on demand. `flawless` is the client that applications use, so code
 * that takes a `Flawless` or a deployed module is tested unchanged.
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
  /**
   * The client that applications use, connected to the engine in this process. Its calls have no timeout by default.
   */
  readonly flawless: Flawless;
  readonly #connection: InProcessConnection;
  readonly #stubs: Set<string>;
  #closed = false;

  /**
   * Creates an environment in this process.
   * @throws InvalidOptionError
   */
  static async create(options: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
    checkOptions(options);
    const { seed = 1, alwaysReplay = false } = options;
    const stubs = new Set(options.stubs);
    const connection = await InProcessConnection.open({
      startTime: toStartTime(options.startTime),
      seed,
      secrets: options.secrets ?? {},
      http: options.http,
      network: options.network,
      autoSkip: options.autoSkip ?? true,
      requestFaults: options.faults?.requests ?? [],
      storeFaults: options.faults?.store ?? {},
      crashPoint: options.faults?.crash,
      stubs,
      observers: options.observers ?? [],
      limits: { ...options.limits, ...(alwaysReplay ? { idleGuestMs: 0 } : {}) },
    });
    const { activities } = connection.engine;
    activities.define(options.activities ?? {});
    for (const fault of options.faults?.activities ?? []) {
      activities.addFault(fault);
    }
    return new TestEnvironment(connection, stubs);
  }

  private constructor(connection: InProcessConnection, stubs: Set<string>) {
    this.#connection = connection;
    this.#stubs = stubs;
    this.flawless = new Flawless({ connection });
  }

  /** The environment's time, in milliseconds since the Unix epoch. */
  get now(): number {
    return this.#usable().engine.clock.now();
  }

  /** The requests of workflows that arrived, in order. */
  get requests(): readonly TestRequest[] {
    return this.#usable().engine.http.requests;
  }

  /** The activities that ran for workflows, in order. */
  get activities(): readonly TestActivity[] {
    return this.#usable().engine.activities.log;
  }

  /** What workflows logged, in order. */
  get logs(): readonly WorkflowLog[] {
    return this.#usable().engine.logs;
  }

  /** The workflows started through this environment, in order, without children. */
  get runs(): readonly TestRun[] {
    const connection = this.#usable();
    const binding = { contract: null, workflow: null };
    return connection.started.map(
      (id) => new TestRun<UntypedContract, string>(connection, binding, id),
    );
  }

  /** The number of writes to the journal; see `faults.crash`. */
  get commits(): number {
    return this.#usable().engine.commits.count;
  }

  /** What was being saved at the crash that `faults.crash` requested; undefined before it. */
  get crashSite(): string | undefined {
    return this.#usable().engine.interruptedCommit;
  }

  /** The number of crashes of the server. */
  get crashes(): number {
    return this.#usable().engine.crashes;
  }

  /**
   * Deploys a module, like `flawless.deploy`. Another build with the same name and version replaces it for new
   * workflows.
   *
   * @param module the bytes of a `.wasm`, or the path of one
   * @throws as `Flawless.deploy` does
   */
  async deploy<C extends Contract = UntypedContract>(
    module: Uint8Array | string | URL,
    options: { readonly contract?: C } = {},
  ): Promise<TestModule<C>> {
    const connection = this.#usable();
    const { name, version } = await this.flawless.deploy(module, options);
    return new TestModule(connection, options.contract ?? null, name, version);
  }

  /**
   * Lets time pass: milliseconds, or a string such as "36 hours". To reach a date, skip `date.getTime() - env.now`.
   * Timers in between fire in order.
   * @throws InvalidOptionError
   * @throws TestkitError `FLAWLESS_TESTKIT_UNEXPECTED_REQUEST`
   */
  async skip(duration: DurationLike): Promise<void> {
    await this.#usable().skip(toMilliseconds(duration));
  }

  /** Settled when nothing more happens without a message, a response or time passing. */
  async settle(): Promise<void> {
    await this.#usable().settle();
  }

  /** Like `kill -9`: nothing is flushed. Another engine continues from the journal. */
  async crash(): Promise<void> {
    await this.#usable().crash();
  }

  /**
   * Injects a fault into a later request or activity.
   * @throws InvalidOptionError
   */
  addFault(fault: RequestFault | ActivityFault): void {
    const { activities, http } = this.#usable().engine;
    if ("activity" in fault) {
      activities.addFault(fault);
    } else {
      http.addFault(fault);
    }
  }

  /**
   * Replaces some or all activities by these functions, from their next attempt on. An activity's schemas and defaults
   * stay.
   *
   * ```ts
   * const charge = vi.fn(async () => ({ id: "receipt 1" }));
   * env.mockActivities<typeof activities>({ charge });
   * ```
   *
   * @throws InvalidOptionError
   */
  mockActivities<Definitions extends ActivityDefinitions = ActivityDefinitions>(
    mocks: ActivityMocks<Definitions>,
  ): void {
    this.#usable().engine.activities.mock(mocks as Readonly<Record<string, ActivityFunction>>);
  }

  /** From now on, children of this name are not run: they complete as soon as they start. */
  stub(workflow: string): void {
    this.#usable();
    this.#stubs.add(workflow);
  }

  /** All workflows, children included, oldest first. */
  async workflows(): Promise<readonly WorkflowInfo[]> {
    return this.#usable().allWorkflows();
  }

  /**
   * Ends the environment; closing it again does nothing. Using it afterwards throws `FLAWLESS_TESTKIT_CLOSED`.
   * @throws TestkitError for an unanswered request that no call has reported yet
   */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      await this.#connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #usable(): InProcessConnection {
    if (this.#closed) {
      throw environmentClosed();
    }
    return this.#connection;
  }
}
