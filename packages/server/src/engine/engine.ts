import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "../errors.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import { NetworkHttpClient } from "../host-calls/network-http-client.ts";
import type { Journal } from "../journal/journal.ts";
import { MemoryJournal } from "../journal/memory-journal.ts";
import { systemClock, type Clock } from "./clock.ts";
import { Committer } from "./committer.ts";
import type { EngineOptions } from "./engine-options.ts";
import { toHistory } from "./history.ts";
import { IdempotentStarts } from "./idempotent-starts.ts";
import { defaultLimits, type EngineLimits } from "./limits.ts";
import { Modules } from "./modules.ts";
import { assertJson, assertText, toFilter } from "./requests.ts";
import { RunRegistry } from "./run-registry.ts";
import type {
  ModuleSummary,
  StartOptions,
  StartRequest,
  StartResult,
  WorkflowFilter,
  WorkflowHistory,
  WorkflowInfo,
  WorkflowPage,
} from "./types.ts";
import { fromPublicId, toPublicId } from "./workflow-id.ts";
import { endWithoutResponse, toInfo } from "./workflow-info.ts";
import type { WorkflowRun } from "./workflow-run.ts";

const sweepMs = 1_000;

/**
 * Runs workflows of genuine Flawless modules durably: every effect is journaled, and an engine that is
 * opened on the journal of one that crashed goes on where that one was.
 */
export class Engine implements AsyncDisposable {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #executors: ExecutorPool;
  readonly #ownsExecutors: boolean;
  readonly #limits: EngineLimits;
  readonly #committer: Committer;
  readonly #modules: Modules;
  readonly #registry: RunRegistry;
  readonly #idempotentStarts: IdempotentStarts;
  readonly #onError: (error: unknown) => void;
  readonly #sweep: NodeJS.Timeout;
  readonly #closed = Promise.withResolvers<void>();
  #state: "open" | "closing" | "closed" = "open";

  /**
   * Opens an engine. Workflows that were running when the last one on this journal ended go on.
   * @throws EngineError `JOURNAL_DAMAGED`
   */
  static async open(options: EngineOptions = {}): Promise<Engine> {
    const engine = new Engine(options);
    try {
      await engine.#modules.load();
      await engine.#registry.begin();
      return engine;
    } catch (error) {
      await engine.kill();
      throw error;
    }
  }

  private constructor(options: EngineOptions) {
    const { onLog } = options;
    this.#journal = options.journal ?? new MemoryJournal();
    this.#clock = options.clock ?? systemClock;
    this.#ownsExecutors = options.executors === undefined;
    this.#executors = options.executors ?? new ExecutorPool();
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#onError = options.onError ?? (() => undefined);
    this.#committer = new Committer(this.#journal, options.groupCommits ?? true);
    this.#modules = new Modules(this.#journal, this.#committer, this.#limits, {
      development: options.development ?? false,
    });
    this.#registry = new RunRegistry({
      journal: this.#journal,
      clock: this.#clock,
      http: options.http ?? new NetworkHttpClient(),
      limits: this.#limits,
      committer: this.#committer,
      modules: this.#modules,
      executors: this.#executors,
      guestSettings: {
        secrets: { ...options.secrets },
        seed: options.seed ?? null,
        guestTime: this.#clock.guestTime,
      },
      stubbedWorkflows: options.stubbedWorkflows ?? new Set(),
      callersReturn: options.callersReturn ?? false,
      onLog: (run, logs) => {
        const { module, workflow } = run.record.workflow;
        for (const log of logs) {
          onLog?.({ ...log, id: toPublicId(run.id), module, workflow });
        }
      },
      onError: this.#onError,
    });
    this.#idempotentStarts = new IdempotentStarts(this.#journal, this.#registry);
    // It also keeps the process alive as long as the engine is open.
    this.#sweep = setInterval(() => this.#registry.residency.sweep(), sweepMs);
  }

  /**
   * Makes a module's workflows available. The same bytes may be deployed again.
   * @throws EngineError `MODULE_REFUSED`, `MODULE_CONFLICT`
   */
  async deploy(bytes: Uint8Array): Promise<ModuleSummary> {
    this.#assertOpen();
    return this.#modules.deploy(bytes, this.#clock.now());
  }

  async modules(): Promise<readonly ModuleSummary[]> {
    return this.#modules.list();
  }

  /**
   * Starts a workflow and waits for its response.
   * @throws EngineError `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND`, `INVALID_REQUEST`, `LIMIT_REACHED`,
   * `IDEMPOTENCY_CONFLICT`; `WORKFLOW_FAILED` or `WORKFLOW_CANCELLED` where that came before the response
   */
  async start(request: StartRequest, options: StartOptions = {}): Promise<StartResult> {
    this.#assertOpen();
    const module = this.#modules.find(request.module, request.version);
    if (!module.workflows.includes(request.workflow)) {
      const known = module.workflows.join(", ");
      throw new EngineError(
        "WORKFLOW_NOT_FOUND",
        `module ${module.name} ${module.version} has no workflow ${JSON.stringify(request.workflow)}, only ${known}`,
      );
    }
    assertText("input", request.input, this.#limits.textCharacters);
    assertJson("input", request.input);
    const hasCaller = options.detached !== true;
    if (request.idempotencyKey === undefined) {
      return this.#finishStart(this.#registry.launch(request, module.hash, hasCaller), options);
    }
    const id = await this.#idempotentStarts.start(
      request.idempotencyKey,
      request,
      module.hash,
      hasCaller,
    );
    const result = await this.#registry.withRun(id, (run) => this.#finishStart(run, options));
    return await result;
  }

  /**
   * Lays a message into a workflow's mailbox. It is durable when the promise is settled.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`, `INVALID_REQUEST`, `LIMIT_REACHED`
   */
  async send(id: string, type: string, data: string): Promise<void> {
    this.#assertOpen();
    assertText("type", type, this.#limits.textCharacters);
    assertText("data", data, this.#limits.textCharacters);
    assertJson("data", data);
    const record = await this.#registry.withRun(this.#number(id), (run) => {
      this.#assertRunning(id, run, "receive messages");
      if (run.record.mailboxSize >= this.#limits.mailboxMessages) {
        throw new EngineError(
          "LIMIT_REACHED",
          `the mailbox of workflow ${id} is full: ${run.record.mailboxSize} messages wait in it`,
        );
      }
      run.receive(type, data);
      return run.record;
    });
    await this.#committer.commit(record);
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND` */
  async workflow(id: string): Promise<WorkflowInfo> {
    return toInfo(await this.#registry.stored(this.#number(id)));
  }

  /** @throws EngineError `INVALID_REQUEST` */
  async list(filter: WorkflowFilter = {}): Promise<WorkflowPage> {
    const stored = toFilter(filter);
    await this.#saveForReading();
    const found = await this.#journal.list({ ...stored, limit: stored.limit + 1 });
    const page = found.slice(0, stored.limit);
    const last = page.at(-1);
    return {
      workflows: page.map((workflow) => toInfo(workflow)),
      cursor: found.length > page.length && last !== undefined ? toPublicId(last.id) : null,
    };
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND`, `JOURNAL_DAMAGED` */
  async journal(id: string): Promise<WorkflowHistory> {
    const number = this.#number(id);
    await this.#saveForReading();
    const stored = await this.#registry.stored(number);
    const lines = await this.#journal.lines(number);
    try {
      return toHistory(stored, lines);
    } catch (error) {
      throw new EngineError("JOURNAL_DAMAGED", `workflow ${id}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /**
   * Ends a running workflow. One that was cancelled before may be cancelled again.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`
   */
  async cancel(id: string): Promise<WorkflowInfo> {
    this.#assertOpen();
    const record = await this.#registry.withRun(this.#number(id), (run) => {
      if (run.record.state.status !== "cancelled") {
        this.#assertRunning(id, run, "be cancelled");
        run.cancel();
      }
      return run.record;
    });
    await this.#committer.commit(record);
    return toInfo(record.workflow);
  }

  /**
   * Waits for a workflow's end.
   * @returns its state at the end, or when the time (milliseconds) was over
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async wait(
    id: string,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<WorkflowInfo> {
    const number = this.#number(id);
    const timeUp = new AbortController();
    const timer = setTimeout(() => timeUp.abort(), options.timeoutMs);
    const signals = [timeUp.signal, ...(options.signal === undefined ? [] : [options.signal])];
    // Waits before it looks: the workflow may end while its state is being read.
    const end = this.#registry.ends.wait(number, AbortSignal.any(signals), () => undefined);
    end.catch(() => undefined);
    try {
      const now = await this.workflow(id);
      return now.status === "running" ? await end : now;
    } catch (error) {
      if (timeUp.signal.aborted) {
        return await this.workflow(id);
      }
      throw error;
    } finally {
      clearTimeout(timer);
      timeUp.abort();
    }
  }

  /** How the engine is. `degraded`: the journal can't be written; nothing is accepted until it can. */
  health(): { status: "ok" | "degraded"; reason: string | null; running: number } {
    const reason = this.#committer.trouble;
    return {
      status: reason === null ? "ok" : "degraded",
      reason,
      running: this.#registry.activity.computing,
    };
  }

  /**
   * Settled when nothing happens any more before a time comes, a message, or a request's answer.
   * For tests that move the clock.
   */
  async whenIdle(): Promise<void> {
    const { activity, wakeups } = this.#registry;
    const isIdle = (): boolean =>
      this.#state === "closed" ||
      (activity.computing === 0 && !this.#committer.busy && !wakeups.busy);
    do {
      await activity.until(isIdle);
      // What a timer or an answer has just set off may be on its way still, in a promise.
      await new Promise(setImmediate);
    } while (!isIdle());
  }

  /** Settled once the engine is closed or killed: calls that are open then may never be settled. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** How many requests of guests are under way. */
  get requestsUnderWay(): number {
    return this.#registry.activity.requesting;
  }

  /**
   * Stops in order: nothing new begins, requests under way may end within `graceMs` (default 10,000),
   * all is saved. Workflows go on when an engine is opened on the same journal again.
   */
  async close(options: { readonly graceMs?: number } = {}): Promise<void> {
    if (this.#state !== "open") {
      return;
    }
    this.#state = "closing";
    this.#registry.beginNothingMore();
    this.#rejectCallers(
      "the server is shutting down; the workflow goes on after it is started again",
    );
    const timeUp = sleep(options.graceMs ?? 10_000, undefined, { ref: false });
    await Promise.race([this.#whenSaved(), timeUp]).catch((error: unknown) => this.#onError(error));
    await this.kill();
  }

  /** Stops as a crash does: what is not durable yet is gone. For tests, and the end of `close`. */
  async kill(): Promise<void> {
    if (this.#state === "closed") {
      return;
    }
    this.#state = "closed";
    this.#committer.stop();
    this.#registry.stop();
    this.#rejectCallers("the engine was stopped");
    this.#registry.activity.notify();
    this.#closed.resolve();
    if (this.#ownsExecutors) {
      await this.#executors.close();
    }
    await this.#journal.close();
    // Last: until here the process must not end for want of something to do.
    clearInterval(this.#sweep);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Settled when no request of a guest is under way, and all answers are durable. */
  async #whenSaved(): Promise<void> {
    const { activity } = this.#registry;
    do {
      await activity.until(() => activity.requesting === 0);
      // An answer that just came is noted, and a request whose intent just became durable sent, in this turn.
      await turn();
    } while (activity.requesting > 0);
    await this.#committer.flush();
  }

  /** A journal that can't be written at the moment can be read all the same: it tells what is durable. */
  async #saveForReading(): Promise<void> {
    if (this.#committer.trouble === null) {
      await this.#committer.flush();
    }
  }

  async #finishStart(run: WorkflowRun, options: StartOptions): Promise<StartResult> {
    const id = toPublicId(run.id);
    const { response } = run.record.state;
    if (options.detached === true || response !== null || run.ended) {
      await this.#committer.commit(run.record);
      const error = response === null ? endWithoutResponse(run.record.workflow) : null;
      if (error !== null && options.detached !== true) {
        throw error;
      }
      return { id, response: options.detached === true ? null : response };
    }
    run.callerIs(true);
    const answer = this.#registry.responses.wait(run.id, options.signal, () => run.callerIs(false));
    return { id, response: await answer };
  }

  #assertOpen(): void {
    if (this.#state !== "open") {
      throw new EngineError("CLOSED", "the server is shutting down");
    }
    const { trouble } = this.#committer;
    if (trouble !== null) {
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `nothing can be accepted at the moment: ${trouble}`,
      );
    }
  }

  #assertRunning(id: string, run: WorkflowRun, what: string): void {
    if (run.ended) {
      const { status } = run.record.state;
      throw new EngineError(
        "WORKFLOW_ENDED",
        `workflow ${id} is ${status}; it can't ${what} any more`,
      );
    }
  }

  #number(id: string): number {
    const number = fromPublicId(id);
    if (number === undefined) {
      throw new EngineError(
        "WORKFLOW_NOT_FOUND",
        `there is no workflow ${JSON.stringify(id.slice(0, 100))}`,
      );
    }
    return number;
  }

  #rejectCallers(message: string): void {
    const closed = new EngineError("CLOSED", message);
    this.#registry.responses.rejectAll(closed);
    this.#registry.ends.rejectAll(closed);
  }
}
