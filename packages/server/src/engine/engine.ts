import { setTimeout as sleep } from "node:timers/promises";
import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import { ActivityQueues } from "../activities/index.ts";
import { EngineError } from "../errors.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import { NetworkHttpClient } from "../network/network-http-client.ts";
import type { WorkflowStore, WorkflowCounts } from "../store/workflow-store.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import { Cancellations, MassRestarts, Restarts } from "./commands/index.ts";
import { systemClock, type Clock } from "../time/clock.ts";
import { Committer } from "./committer.ts";
import {
  combineObservers,
  createSecretHider,
  toLogListener,
  withoutSecrets,
} from "./observing/index.ts";
import type { EngineOptions } from "./engine-options.ts";
import type { Errand, ErrandAnswer } from "./elsewhere.ts";
import { resolveEngineLimits } from "./limits.ts";
import { Modules } from "./modules/index.ts";
import { createResidency, RunningCount, whenIdle, whenSaved } from "./runs/index.ts";
import { assertFound, toWorkflowNumber } from "./requests.ts";
import { RunRegistry } from "./runs/index.ts";
import { globalTimers, type Timers } from "../time/timers.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  EngineStatistics,
  ForkRequest,
  HistoryRange,
  ModuleSummary,
  RestartedWorkflows,
  RestartFilter,
  RestartRequest,
  StartOptions,
  StartRequest,
  StartResult,
  UpdateOptions,
  UpdateReply,
  UpdateRequest,
  WaitOptions,
  WorkflowDetails,
  WorkflowFilter,
  WorkflowHistory,
  WorkflowHistoryPage,
  WorkflowInfo,
  WorkflowPage,
} from "./types.ts";
import { WorkflowCommands } from "./commands/index.ts";
import { WorkflowReader } from "./reading/index.ts";
import { Schedules } from "./schedules/index.ts";
import { WorkflowStarts } from "./commands/index.ts";

const sweepMs = 1_000;

/**
 * Runs workflows of genuine Flawless modules durably: every effect is journaled, and an engine that is
 * opened on the journal of one that crashed goes on where that one was.
 */
export class Engine implements AsyncDisposable {
  /** Where activities of workflows wait for workers. */
  readonly activities: ActivityQueues;
  readonly #ownsActivities: boolean;
  readonly #store: WorkflowStore;
  readonly #clock: Clock;
  readonly #executors: ExecutorPool;
  readonly #ownsExecutors: boolean;
  readonly #committer: Committer;
  readonly #modules: Modules;
  readonly #registry: RunRegistry;
  /** What starts workflows when times come. */
  readonly schedules: Schedules;
  readonly #reader: WorkflowReader;
  readonly #starts: WorkflowStarts;
  readonly #restarts: Restarts;
  readonly #commands: WorkflowCommands;
  readonly #massRestarts: MassRestarts;
  readonly #cancellations: Cancellations;
  readonly #onError: (error: unknown) => void;
  readonly #timers: Timers;
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
      if (options.share === undefined) {
        await engine.#modules.load();
      }
      if (engine.#modules.list().length > 0) {
        engine.#executors.warmUp();
      }
      await engine.#registry.begin();
      engine.schedules.begin();
      return engine;
    } catch (error) {
      await engine.kill();
      throw error;
    }
  }

  private constructor(options: EngineOptions) {
    const hideSecrets = createSecretHider(options.secrets ?? {});
    this.#store = options.store ?? new MemoryWorkflowStore();
    this.#clock = options.clock ?? systemClock;
    const { executors } = options;
    this.#ownsExecutors = !(executors instanceof ExecutorPool);
    this.#executors = executors instanceof ExecutorPool ? executors : new ExecutorPool(executors);
    const limits = resolveEngineLimits(options.limits ?? {});
    this.#onError = options.onError ?? (() => undefined);
    const observers = combineObservers(options.observers ?? [], this.#onError);
    const observer = withoutSecrets(observers, hideSecrets);
    this.#timers = options.timers ?? globalTimers;
    const grouped = options.groupCommits ?? true;
    this.#committer = new Committer(this.#store, grouped, observer, this.#timers);
    this.#committer.onFenced(() => {
      this.kill().then(options.onFenced, this.#onError);
    });
    const { share } = options;
    this.#modules =
      share?.modules ??
      new Modules(this.#store, this.#committer, limits, {
        development: options.development ?? false,
        forget: (key, bytes) => this.#executors.forgetModule(key, bytes),
      });
    this.#ownsActivities = options.activities === undefined;
    this.activities =
      options.activities ??
      new ActivityQueues({
        clock: this.#clock,
        timers: this.#timers,
        limits: {
          leaseMs: limits.activityLeaseMs,
          workers: limits.activityWorkers,
          textCharacters: limits.textCharacters,
        },
        observer,
      });
    this.#registry = new RunRegistry({
      store: this.#store,
      clock: this.#clock,
      timers: this.#timers,
      http: options.http ?? new NetworkHttpClient(),
      activities: this.activities,
      observer,
      limits,
      committer: this.#committer,
      modules: this.#modules,
      executors: this.#executors,
      residency: share?.residency ?? createResidency(limits),
      running: share?.running ?? new RunningCount(),
      ids: options.ids,
      elsewhere: options.elsewhere,
      guestSettings: {
        secrets: { ...options.secrets },
        seed: options.seed ?? null,
        guestTime: this.#clock.guestTime,
        callLimits: {
          callCharacters: limits.callCharacters,
          textCharacters: limits.textCharacters,
          journalSteps: limits.journalSteps,
        },
      },
      stubbedWorkflows: options.stubbedWorkflows ?? new Set(),
      keyedEnded: (key) => this.schedules.ended(key),
      hideSecrets,
      onLog: toLogListener(options.onLog, hideSecrets),
      onError: this.#onError,
    });
    this.schedules = new Schedules({
      registry: this.#registry,
      modules: this.#modules,
      othersDeploy: share !== undefined,
      observer,
      clock: this.#clock,
      failed: this.#onError,
    });
    this.#reader = new WorkflowReader(this.#store, this.#registry, this.#timers);
    this.#starts = new WorkflowStarts(this.#modules, this.#registry);
    this.#restarts = new Restarts(this.#modules, this.#registry, this.#executors);
    this.#massRestarts = new MassRestarts({
      store: this.#store,
      save: () => this.#committer.flush(),
      restart: (id, request) => this.#restarts.restart(id, request),
    });
    this.#commands = new WorkflowCommands(this.#registry, this.#timers);
    this.#cancellations = new Cancellations(this.#registry);
    // It also keeps the process alive as long as the engine is open.
    this.#sweep = this.#timers.setInterval(() => {
      this.#registry.residency.sweep({ all: this.#executors.memoryIsTight });
      this.schedules.watchClock();
    }, sweepMs);
  }

  /**
   * Makes a module's workflows available. The same bytes may be deployed again.
   * @throws EngineError `MODULE_REFUSED`, `MODULE_CONFLICT`
   */
  async deploy(bytes: Uint8Array): Promise<ModuleSummary> {
    this.#assertOpen();
    this.#executors.warmUp();
    return this.#modules.deploy(bytes, this.#clock.now());
  }

  async modules(): Promise<readonly ModuleSummary[]> {
    return this.#modules.list();
  }

  /** What a module says of its workflows' types, by its hash; null where it says nothing. Nothing of it was checked. */
  async moduleTypes(hash: string): Promise<ModuleTypes | null> {
    return this.#modules.types(hash);
  }

  /**
   * Starts a workflow and waits for its response.
   * @throws EngineError `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND`, `INVALID_REQUEST`, `LIMIT_REACHED`,
   * `IDEMPOTENCY_CONFLICT`; `WORKFLOW_FAILED` or `WORKFLOW_CANCELLED` where that came before the response
   */
  async start(request: StartRequest, options: StartOptions = {}): Promise<StartResult> {
    this.#assertOpen();
    return this.#starts.start(request, options);
  }

  /**
   * Starts a new workflow with the module, version, name and input of one that has ended. It is durable when the promise is
   * settled.
   * @returns the new one
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `MODULE_NOT_FOUND`, `WORKFLOW_RUNNING`, `IDEMPOTENCY_CONFLICT`, `LIMIT_REACHED`
   */
  async restart(id: string, request: RestartRequest = {}): Promise<WorkflowInfo> {
    this.#assertOpen();
    return this.#restarts.restart(id, request);
  }

  /**
   * Starts a new workflow that takes over the first steps of one that has ended, and goes on from there, perhaps on another
   * version of its module. It is durable when the promise is settled.
   * @returns the new one
   * @throws EngineError as `restart` does; `INVALID_REQUEST` where there are not so many steps, `REPLAY_MISMATCH` where the
   * module does something else in them
   */
  async fork(id: string, request: ForkRequest): Promise<WorkflowInfo> {
    this.#assertOpen();
    return this.#restarts.fork(id, request);
  }

  /**
   * Lays a message into a workflow's mailbox. It is durable when the promise is settled.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`, `INVALID_REQUEST`, `LIMIT_REACHED`
   */
  async send(id: string, type: string, data: string): Promise<void> {
    this.#assertOpen();
    await this.#commands.send(id, type, data);
  }

  /**
   * Sends a message that the workflow answers, unless one with its key was sent before, and waits for the answer.
   * @returns null where there is none yet after the time (milliseconds): the update stays
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `INVALID_REQUEST`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`; `WORKFLOW_ENDED`, also
   * where it ended without an answer
   */
  async update(
    id: string,
    request: UpdateRequest,
    options: UpdateOptions,
  ): Promise<UpdateReply | null> {
    this.#assertOpen();
    return this.#commands.update(id, request, options);
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND` */
  async workflow(id: string): Promise<WorkflowDetails> {
    return this.#reader.workflow(toWorkflowNumber(id));
  }

  /**
   * The id of the workflow that was started with an idempotency key.
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async idOfKey(key: string): Promise<string> {
    return toPublicId(assertFound(key, await this.#registry.keyedStarts.find(key)).id);
  }

  /**
   * What a workflow has published of itself (`flawless:v1/state`).
   * @returns JSON text; null where it has published nothing
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async state(id: string): Promise<string | null> {
    return this.#reader.state(toWorkflowNumber(id));
  }

  /** @throws EngineError `INVALID_REQUEST` */
  async list(filter: WorkflowFilter = {}): Promise<WorkflowPage> {
    return this.#reader.list(filter);
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND`, `JOURNAL_DAMAGED` */
  async journal(id: string): Promise<WorkflowHistory> {
    return this.#reader.history(toWorkflowNumber(id));
  }

  /**
   * A part of a workflow's journal.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `JOURNAL_DAMAGED`
   */
  async journalPage(id: string, range: HistoryRange): Promise<WorkflowHistoryPage> {
    return this.#reader.historyPage(toWorkflowNumber(id), range);
  }

  /** How many workflows there are in each state. It is counted now and then; an older count is up to a minute old. */
  async counts(): Promise<WorkflowCounts> {
    return this.#reader.counts();
  }

  /** What the engine does at the moment, and did so far. */
  statistics(): EngineStatistics {
    const { activity, residency } = this.#registry;
    return {
      computing: activity.computing,
      requesting: activity.requesting,
      residentGuests: residency.inside,
      queuedWorkflows: residency.queued,
      executors: this.#executors.statistics(),
    };
  }

  /**
   * Asks a running workflow to cancel: it gets a message, what it waits for ends, and it has a while to compensate for what
   * it did. One whose module does not hear of that ends at once. It may be asked again, also after it was cancelled.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`
   */
  async cancel(id: string): Promise<WorkflowInfo> {
    return this.end(id, "cancel", { tree: false });
  }

  /**
   * Ends a running workflow at once. One that was cancelled before may be terminated again.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`
   */
  async terminate(id: string): Promise<WorkflowInfo> {
    return this.end(id, "terminate", { tree: false });
  }

  /**
   * Cancels a workflow, or terminates it: then it ends at once.
   * @param options with `tree`, for a workflow that a caller started: all that descend from it, too, also those that they start
   * meanwhile. It may have ended itself.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`; `INVALID_REQUEST` for the tree of one that another one started
   */
  async end(
    id: string,
    manner: EndManner,
    { tree }: { readonly tree: boolean },
  ): Promise<WorkflowInfo> {
    this.#assertOpen();
    return tree ? this.#cancellations.tree(id, manner) : this.#commands.end(id, manner);
  }

  /**
   * Cancels or terminates running workflows, up to a thousand in one call. Their descendants are not ended with them.
   * @throws EngineError `INVALID_REQUEST` without a module, version or workflow
   */
  async endMatching(filter: CancelFilter, manner: EndManner): Promise<CancelledWorkflows> {
    this.#assertOpen();
    return this.#cancellations.matching(filter, manner);
  }

  /**
   * Restarts workflows that have ended, up to a thousand in one call. Those that can't be restarted are counted and named, and
   * the others go on.
   * @throws EngineError `INVALID_REQUEST` where the status is not one of workflows that have ended
   */
  async restartMatching(filter: RestartFilter): Promise<RestartedWorkflows> {
    this.#assertOpen();
    return this.#massRestarts.matching(filter);
  }

  /**
   * Does what a workflow of another partition asks for, once, and tells what came of it when that is durable.
   * @throws Error where that can't be told now: it is to be asked for again
   */
  async runErrand(errand: Errand): Promise<ErrandAnswer> {
    this.#assertOpen();
    return this.#registry.runErrand(errand);
  }

  /**
   * Waits for a workflow's end, or its response.
   * @returns its state then, or when the time (milliseconds) was over
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async wait(id: string, options: WaitOptions): Promise<WorkflowInfo> {
    return this.#reader.wait(toWorkflowNumber(id), options);
  }

  /**
   * How the engine is, and how many of its workflows have not ended. `degraded`: the journal can't be written; nothing is
   * accepted until it can.
   */
  health(): { status: "ok" | "degraded"; reason: string | null; running: number } {
    const reason = this.#committer.writeFailure;
    return {
      status: reason === null ? "ok" : "degraded",
      reason,
      running: this.#registry.running,
    };
  }

  /** Settled once all that has happened so far is durable; at once while the journal can't be written. */
  async save(): Promise<void> {
    if (this.#committer.writeFailure === null) {
      await this.#committer.flush();
    }
  }

  /**
   * Settled when nothing happens any more before a time comes, a message, or a request's answer.
   * For tests that move the clock.
   */
  async whenIdle(): Promise<void> {
    return whenIdle(this.#registry, () => this.#state === "closed");
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
   * Lets no request begin any more that may be sent only once; everything else goes on. For an engine that is to be closed,
   * and that another one is to follow at once.
   *
   * @returns settled when no such request is under way, or after `graceMs` (milliseconds)
   */
  async drain({ graceMs }: { readonly graceMs: number }): Promise<void> {
    const timeUp = new AbortController();
    await Promise.race([
      this.#registry.sentOnce.shut(),
      sleep(graceMs, undefined, { ref: false, signal: timeUp.signal }).catch(() => undefined),
    ]);
    timeUp.abort();
  }

  /**
   * Stops in order: nothing new begins, requests under way may end within `graceMs` (default 10,000),
   * all is saved. Workflows go on when an engine is opened on the same journal again.
   *
   * @param options `leaveRequestsAfterMs`: requests are waited for no longer than that, as those that may be sent only once have
   * ended (see `drain`), and the next engine sends the others again. Default: as long as `graceMs`
   */
  async close(
    options: { readonly graceMs?: number; readonly leaveRequestsAfterMs?: number } = {},
  ): Promise<void> {
    if (this.#state !== "open") {
      return;
    }
    this.#state = "closing";
    this.#closeActivities();
    this.schedules.stop();
    this.#registry.stopAccepting();
    this.#rejectCallers(
      "The server is shutting down. The workflow goes on when the server is started again.",
    );
    const timeUp = sleep(options.graceMs ?? 10_000, undefined, { ref: false });
    const saved = this.#whenSaved(options.leaveRequestsAfterMs);
    await Promise.race([saved, timeUp]).catch((error: unknown) => this.#onError(error));
    await this.kill();
  }

  /** Stops as a crash does: what is not durable yet is gone. For tests, and the end of `close`. */
  async kill(): Promise<void> {
    if (this.#state === "closed") {
      return;
    }
    this.#state = "closed";
    this.#closeActivities();
    this.schedules.stop();
    this.#committer.stop();
    this.#registry.stop();
    this.#rejectCallers("The engine was stopped.");
    this.#registry.activity.notify();
    this.#closed.resolve();
    if (this.#ownsExecutors) {
      await this.#executors.close();
    }
    await this.#store.close();
    // Last: until here the process must not end for want of something to do.
    this.#timers.clearInterval(this.#sweep);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #whenSaved(leaveRequestsAfterMs: number | undefined): Promise<void> {
    const allSaved = whenSaved(this.#registry, "requests");
    if (leaveRequestsAfterMs === undefined) {
      return allSaved;
    }
    await Promise.race([allSaved, sleep(leaveRequestsAfterMs, undefined, { ref: false })]);
    return whenSaved(this.#registry, "intents");
  }

  #assertOpen(): void {
    if (this.#state !== "open") {
      throw new EngineError(
        "CLOSED",
        "The server is shutting down. Send the request again when it is back.",
      );
    }
    const { writeFailure } = this.#committer;
    if (writeFailure !== null) {
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `Nothing can be accepted at the moment, as the journal can't be written: ${writeFailure}`,
      );
    }
  }

  /** Workers that ask turn to the next server; what they have is that server's to hear of. */
  #closeActivities(): void {
    if (this.#ownsActivities) {
      this.activities.close();
    }
  }

  #rejectCallers(message: string): void {
    const closed = new EngineError("CLOSED", message);
    this.#registry.responses.rejectAll(closed);
    this.#registry.ends.rejectAll(closed);
    this.#registry.updates.rejectAll(closed);
  }
}
