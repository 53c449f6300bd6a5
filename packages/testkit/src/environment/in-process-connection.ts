import { parseJson } from "@flawless-ts/sdk";
import {
  CallScopes,
  keyPrefix,
  refusalFromStatus,
  responseOf,
  waitWithin,
  type CallScope,
  type DeployedName,
  type ExecutedWorkflow,
  type FlawlessConnection,
  type ForkManner,
  type RestartManner,
  type RestartManyManner,
  type StartManner,
  type StartRequest,
  type UpdateAnswer,
  type UpdateRequest,
} from "@flawless-ts/sdk/internal";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  FlawlessError,
  JsonValue,
  ModuleSummary,
  RestartedWorkflows,
  RestartFilter,
  ServerHealth,
  WorkflowDetails,
  WorkflowFilter,
  WorkflowHistory,
  WorkflowInfo,
  WorkflowJournal,
  WorkflowPage,
} from "@flawless-ts/sdk";
import { EngineError } from "@flawless-ts/server";
import {
  fromPublicId,
  statusOfEngineError,
  serverVersion,
  type Engine,
} from "@flawless-ts/server/internal";
import { noteHistory, noteModule } from "../coverage/step-coverage.ts";
import { describeWaiting } from "./describe-waiting.ts";
import { isOtherWorkUnderWay } from "./other-work.ts";
import { InProcessActivities } from "./in-process-activities.ts";
import { InProcessSchedules } from "./in-process-schedules.ts";
import { realPause } from "./real-timers.ts";
import { environmentClosed, RestartingEngine, type EngineParts } from "./restarting-engine.ts";
import { RunWaits } from "./run-waits.ts";
import { TimeSkipper } from "./time-skipper.ts";
import { whenAwaited } from "./when-awaited.ts";

/** The parts of the connection. */
export interface InProcessOptions extends EngineParts {
  readonly autoSkip: boolean;
}

/** The max delay of setTimeout. The wait ends with the workflow or its engine. */
const maxWaitMs = 2 ** 31 - 1;
/** Prefix of the keys for repeating a start after a crash; users' keys can't contain a space. */
const ownKeyPrefix = "testkit ";
/** Load tests start more than anyone wants to read about. */
const maxCoveredWorkflows = 1_000;

/**
 * The connection of a `Flawless` client to an engine in this process. Time advances while the test waits for workflows.
 */
export class InProcessConnection extends InProcessActivities implements FlawlessConnection {
  readonly url = "test environment";
  readonly whenAwaited: typeof whenAwaited = whenAwaited;
  readonly schedules: InProcessSchedules = new InProcessSchedules(
    (question, scope) => this.ask((engine) => question(engine.schedules), scope),
    async (question, scope) => {
      this.#calls += 1;
      const value = await this.ask((engine) => question(engine.schedules), scope);
      await this.#rest(scope);
      return value;
    },
  );
  readonly engine: RestartingEngine;
  /** Ids of the workflows that were started through it, in order. */
  readonly started: string[] = [];
  readonly waits: RunWaits;
  readonly #scopes = new CallScopes("the test environment", Infinity);
  readonly #time: TimeSkipper;
  #calls = 0;
  #lastKey = 0;
  #closed = false;

  static async open(options: InProcessOptions): Promise<InProcessConnection> {
    return new InProcessConnection(await RestartingEngine.open(options), options.autoSkip);
  }

  private constructor(engine: RestartingEngine, autoSkip: boolean) {
    super();
    this.engine = engine;
    this.#time = new TimeSkipper(engine.clock, {
      autoSkip,
      whenIdle: () => {
        engine.activities.held.giveSigns();
        return engine.whenIdle();
      },
      handlersAtWork: () => engine.http.working ?? engine.activities.held.working,
      describeWaiting: async () =>
        describeWaiting(await this.allWorkflows(), (name) => engine.activities.has(name)),
      calls: () => this.#calls,
      otherWork: isOtherWorkUnderWay,
      pause: realPause,
    });
    this.waits = new RunWaits(engine, this.#time);
  }

  begin(...call: Parameters<FlawlessConnection["begin"]>): CallScope {
    if (this.#closed) {
      throw environmentClosed();
    }
    return this.#scopes.begin(...call);
  }

  async version(): Promise<string> {
    return serverVersion;
  }

  async health(scope: CallScope): Promise<ServerHealth> {
    return this.ask(async (engine) => ({ ...engine.health(), version: serverVersion }), scope);
  }

  async ready(): Promise<void> {}

  async deploy(module: Uint8Array, scope: CallScope): Promise<DeployedName> {
    this.#calls += 1;
    const summary = await this.ask((engine) => engine.deploy(module), scope);
    noteModule(summary.name, summary.version, summary.workflows);
    return summary;
  }

  async start(start: StartRequest, manner: StartManner, scope: CallScope): Promise<string> {
    this.#calls += 1;
    this.#lastKey += 1;
    const { idempotencyKey = `${ownKeyPrefix}${this.#lastKey}`, requestId = null } = manner;
    const request = { ...start, idempotencyKey, origin: { requestId, trace: null } };
    return this.#begin((engine) => engine.start(request, { detached: true }), scope);
  }

  async execute(
    start: StartRequest,
    manner: StartManner,
    scope: CallScope,
  ): Promise<ExecutedWorkflow> {
    const id = await this.start(start, manner, scope);
    return { id, response: await this.response(id, scope) };
  }

  async response(id: string, scope: CallScope): Promise<string | null> {
    return responseOf(await this.#awaiting(id, "response", scope), this.url);
  }

  async completion(id: string, scope: CallScope): Promise<WorkflowInfo> {
    return await this.#awaiting(id, "end", scope);
  }

  async send(address: string, type: string, data: string, scope: CallScope): Promise<void> {
    this.#calls += 1;
    const id = await this.idOf(address, scope);
    // A message that was durable before the crash must not be sent again.
    const before = this.#messagesOf(id);
    await this.ask(async (engine) => {
      if (this.#messagesOf(id) === before) {
        await engine.send(id, type, data);
      }
    }, scope);
    await this.#rest(scope);
  }

  async update(address: string, update: UpdateRequest, scope: CallScope): Promise<UpdateAnswer> {
    this.#calls += 1;
    const id = await this.idOf(address, scope);
    const { signal } = scope;
    const asking = this.ask(
      (engine) => engine.update(id, update, { timeoutMs: maxWaitMs, signal }),
      scope,
    );
    const answer = await this.#time.during(asking);
    this.#throwProblems();
    if (answer === null) {
      throw new Error("An update without an answer for 24 days.");
    }
    return answer;
  }

  async restart(address: string, manner: RestartManner, scope: CallScope): Promise<string> {
    this.#calls += 1;
    const id = await this.idOf(address, scope);
    return this.#begin((engine) => engine.restart(id, manner), scope);
  }

  async fork(address: string, manner: ForkManner, scope: CallScope): Promise<string> {
    this.#calls += 1;
    const id = await this.idOf(address, scope);
    return this.#begin((engine) => engine.fork(id, manner), scope);
  }

  async workflow(address: string, scope: CallScope): Promise<WorkflowDetails> {
    const id = await this.idOf(address, scope);
    return withoutOwnKey(await this.ask((engine) => engine.workflow(id), scope));
  }

  async state(address: string, scope: CallScope): Promise<string | null> {
    const id = await this.idOf(address, scope);
    return this.ask((engine) => engine.state(id), scope);
  }

  async journal(id: string, scope: CallScope): Promise<WorkflowJournal> {
    const { steps, ...rest } = await this.history(id, scope);
    return {
      ...rest,
      steps: steps.map((step) => ({
        ...step,
        call: parseJson(step.call) as JsonValue,
        answer: step.answer === null ? null : (parseJson(step.answer) as JsonValue),
      })),
    };
  }

  async history(address: string, scope: CallScope): Promise<WorkflowHistory> {
    const id = await this.idOf(address, scope);
    return this.ask((engine) => engine.journal(id), scope);
  }

  async end(
    address: string,
    manner: EndManner,
    tree: boolean,
    scope: CallScope,
  ): Promise<WorkflowInfo> {
    this.#calls += 1;
    const id = await this.idOf(address, scope);
    const info = await this.ask((engine) => engine.end(id, manner, { tree }), scope);
    await this.#rest(scope);
    return withoutOwnKey(info);
  }

  async endWorkflows(
    manner: EndManner,
    filter: CancelFilter,
    dryRun: boolean,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<CancelledWorkflows> {
    this.#calls += 1;
    const cancelled = await this.ask(
      (engine) => engine.endMatching({ ...filter, dryRun, cursor }, manner),
      scope,
    );
    await this.#rest(scope);
    return cancelled;
  }

  async restartWorkflows(
    filter: RestartFilter,
    manner: RestartManyManner,
    scope: CallScope,
  ): Promise<RestartedWorkflows> {
    this.#calls += 1;
    const restarted = await this.ask(
      (engine) => engine.restartMatching({ ...filter, ...manner }),
      scope,
    );
    await this.#rest(scope);
    return restarted;
  }

  async workflows(
    filter: WorkflowFilter,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<WorkflowPage> {
    const page = await this.ask((engine) => engine.list({ ...filter, cursor }), scope);
    return { ...page, workflows: page.workflows.map(withoutOwnKey) };
  }

  async modules(scope: CallScope): Promise<readonly ModuleSummary[]> {
    return this.ask((engine) => engine.modules(), scope);
  }

  /** All workflows, oldest first. */
  async allWorkflows(): Promise<readonly WorkflowInfo[]> {
    const all: WorkflowInfo[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.engine.ask((engine) => engine.list({ limit: 1_000, cursor }));
      all.push(...page.workflows);
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    return all.toReversed();
  }

  async skip(milliseconds: number): Promise<void> {
    this.#calls += 1;
    await this.#time.skip(milliseconds);
    this.#throwProblems();
  }

  /** Settled when nothing more happens without time passing, a message, or a response. */
  async settle(): Promise<void> {
    await this.#time.settle();
  }

  async crash(): Promise<void> {
    this.#calls += 1;
    await this.engine.crash();
  }

  /** @throws TestkitError for an unanswered request that no call has reported yet */
  async close(): Promise<void> {
    if (!this.#closed) {
      await this.#noteCoverage();
      this.#closed = true;
      this.#scopes.close();
      await this.engine.close();
      this.#throwProblems();
    }
  }

  /** @param start called again after a crash, when it returns the workflow that it started before */
  async #begin(
    start: (engine: Engine) => Promise<{ readonly id: string }>,
    scope: CallScope,
  ): Promise<string> {
    const { id } = await this.ask(start, scope);
    if (!this.started.includes(id)) {
      this.started.push(id);
    }
    await this.#rest(scope);
    return id;
  }

  /** Waits while time advances automatically. */
  async #awaiting(
    address: string,
    until: "response" | "end",
    scope: CallScope,
  ): Promise<WorkflowInfo> {
    const id = await this.idOf(address, scope);
    const { signal } = scope;
    const asking = this.ask(
      (engine) => engine.wait(id, { timeoutMs: maxWaitMs, until, signal }),
      scope,
    );
    const info = await this.#time.during(asking);
    this.#throwProblems();
    return withoutOwnKey(info);
  }

  /** The id of a workflow, given its id or idempotency key. */
  async idOf(address: string, scope: CallScope): Promise<string> {
    return address.startsWith(keyPrefix)
      ? this.ask((engine) => engine.idOfKey(address.slice(keyPrefix.length)), scope)
      : address;
  }

  /**
   * Everything a call triggers settles before the test continues. Otherwise the order of the two would depend on
   * the machine's threads.
   */
  async #rest(scope: CallScope): Promise<void> {
    await this.ask((engine) => engine.whenIdle(), scope);
  }

  /** @throws {FlawlessError} the error that a server's client gets if the engine refuses. */
  protected async ask<Value>(
    question: (engine: Engine) => Promise<Value>,
    scope: CallScope,
  ): Promise<Value> {
    try {
      return await waitWithin(this.engine.ask(question), scope);
    } catch (error) {
      throw error instanceof EngineError ? this.#refusal(error) : error;
    }
  }

  #refusal(error: EngineError): FlawlessError {
    return refusalFromStatus({
      url: this.url,
      status: statusOfEngineError(error.code) ?? 500,
      serverCode: error.code,
      serverMessage: error.message,
      workflowId: error.workflowId ?? null,
    });
  }

  #messagesOf(id: string): number {
    return this.engine.commits.messages.get(fromPublicId(id) ?? 0) ?? 0;
  }

  #throwProblems(): void {
    const problem = this.engine.http.problems.shift();
    if (problem !== undefined) {
      throw problem;
    }
  }

  async #noteCoverage(): Promise<void> {
    for (const { id } of (await this.allWorkflows()).slice(0, maxCoveredWorkflows)) {
      noteHistory(await this.engine.ask((engine) => engine.journal(id)));
    }
  }
}

/** A test sees only the keys that it set. */
function withoutOwnKey<Info extends WorkflowInfo>(info: Info): Info {
  return info.idempotencyKey?.startsWith(ownKeyPrefix) === true
    ? { ...info, idempotencyKey: null }
    : info;
}
