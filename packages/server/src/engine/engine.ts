import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import type { ActivityQueues } from "../activities/index.ts";
import type { WorkflowCounts } from "../store/workflow-store.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type { Errand, ErrandAnswer } from "./elsewhere.ts";
import { type CloseEngineOptions, EngineLife } from "./engine-life.ts";
import type { EngineOptions } from "./engine-options.ts";
import { EngineParts } from "./engine-parts.ts";
import { assertFound, toWorkflowNumber } from "./requests.ts";
import { whenIdle } from "./runs/index.ts";
import type { Schedules } from "./schedules/index.ts";
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

/**
 * Runs workflows of genuine Flawless modules durably: every effect is journaled, and an engine that is opened on the
 * journal of one that crashed continues where that one stopped.
 */
export class Engine implements AsyncDisposable {
  readonly #parts: EngineParts;
  readonly #life: EngineLife;

  /**
   * Opens an engine. Workflows that were running when the last one on this journal ended continue.
   * @throws EngineError `JOURNAL_DAMAGED`
   */
  static async open(options: EngineOptions = {}): Promise<Engine> {
    const engine = new Engine(options);
    try {
      if (options.share === undefined) {
        await engine.#parts.modules.load();
      }
      if (engine.#parts.modules.list().length > 0) {
        engine.#parts.executors.warmUp();
      }
      await engine.#parts.registry.begin();
      engine.schedules.begin();
      return engine;
    } catch (error) {
      await engine.kill();
      throw error;
    }
  }

  private constructor(options: EngineOptions) {
    this.#parts = new EngineParts(options);
    this.#life = new EngineLife(this.#parts);
    const { committer, onError } = this.#parts;
    committer.onFenced(() => {
      this.kill().then(options.onFenced, onError);
    });
  }

  /** Where activities of workflows wait for workers. */
  get activities(): ActivityQueues {
    return this.#parts.activities;
  }

  /** Starts workflows at given times. */
  get schedules(): Schedules {
    return this.#parts.schedules;
  }

  /**
   * Makes a module's workflows available. The same bytes may be deployed again.
   * @throws EngineError `MODULE_REFUSED`, `MODULE_CONFLICT`
   */
  async deploy(bytes: Uint8Array): Promise<ModuleSummary> {
    this.#life.assertOpen();
    this.#parts.executors.warmUp();
    return this.#parts.modules.deploy(bytes, this.#parts.clock.now());
  }

  async modules(): Promise<readonly ModuleSummary[]> {
    return this.#parts.modules.list();
  }

  /** What a module says of its workflows' types, unchecked, by its hash; null if it says nothing. */
  async moduleTypes(hash: string): Promise<ModuleTypes | null> {
    return this.#parts.modules.types(hash);
  }

  /**
   * Starts a workflow and waits for its response.
   * @throws EngineError `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND`, `INVALID_REQUEST`, `LIMIT_REACHED`,
   * `IDEMPOTENCY_CONFLICT`; `WORKFLOW_FAILED` or `WORKFLOW_CANCELLED` if that came before the response
   */
  async start(request: StartRequest, options: StartOptions = {}): Promise<StartResult> {
    this.#life.assertOpen();
    return this.#parts.starts.start(request, options);
  }

  /**
   * Starts a new workflow with the module, version, name and input of one that has ended. It is durable when the
   * promise settles.
   * @returns the new one
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `MODULE_NOT_FOUND`, `WORKFLOW_RUNNING`, `IDEMPOTENCY_CONFLICT`,
   * `LIMIT_REACHED`
   */
  async restart(id: string, request: RestartRequest = {}): Promise<WorkflowInfo> {
    this.#life.assertOpen();
    return this.#parts.restarts.restart(id, request);
  }

  /**
   * Starts a new workflow that takes over the first steps of one that has ended, and continues from there, perhaps on
   * another version of its module. It is durable when the promise settles.
   * @returns the new one
   * @throws EngineError as `restart` does; `INVALID_REQUEST` if there are not that many steps, `REPLAY_MISMATCH` if the
   * module does something else in them
   */
  async fork(id: string, request: ForkRequest): Promise<WorkflowInfo> {
    this.#life.assertOpen();
    return this.#parts.restarts.fork(id, request);
  }

  /**
   * Puts a message into a workflow's mailbox. It is durable when the promise settles.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`, `INVALID_REQUEST`, `LIMIT_REACHED`
   */
  async send(id: string, type: string, data: string): Promise<void> {
    this.#life.assertOpen();
    await this.#parts.commands.send(id, type, data);
  }

  /**
   * Sends a message that the workflow answers, unless one with its key was sent before, and waits for the answer.
   * @returns null if there is none when the time (in milliseconds) is up: the update remains
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `INVALID_REQUEST`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`;
   * `WORKFLOW_ENDED`, also if it ended without an answer
   */
  async update(
    id: string,
    request: UpdateRequest,
    options: UpdateOptions,
  ): Promise<UpdateReply | null> {
    this.#life.assertOpen();
    return this.#parts.commands.update(id, request, options);
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND` */
  async workflow(id: string): Promise<WorkflowDetails> {
    return this.#parts.reader.workflow(toWorkflowNumber(id));
  }

  /**
   * The id of the workflow that was started with an idempotency key.
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async idOfKey(key: string): Promise<string> {
    return toPublicId(assertFound(key, await this.#parts.registry.keyedStarts.find(key)).id);
  }

  /**
   * The state that a workflow has published (`flawless:v1/state`).
   * @returns JSON text; null if it has published nothing
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async state(id: string): Promise<string | null> {
    return this.#parts.reader.state(toWorkflowNumber(id));
  }

  /** @throws EngineError `INVALID_REQUEST` */
  async list(filter: WorkflowFilter = {}): Promise<WorkflowPage> {
    return this.#parts.reader.list(filter);
  }

  /** @throws EngineError `WORKFLOW_NOT_FOUND`, `JOURNAL_DAMAGED` */
  async journal(id: string): Promise<WorkflowHistory> {
    return this.#parts.reader.history(toWorkflowNumber(id));
  }

  /**
   * A part of a workflow's journal.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `JOURNAL_DAMAGED`
   */
  async journalPage(id: string, range: HistoryRange): Promise<WorkflowHistoryPage> {
    return this.#parts.reader.historyPage(toWorkflowNumber(id), range);
  }

  /** The number of workflows in each state. They are counted from time to time, so a count is up to a minute old. */
  async counts(): Promise<WorkflowCounts> {
    return this.#parts.reader.counts();
  }

  /** What the engine is doing, and has done so far. */
  statistics(): EngineStatistics {
    const { activity, residency } = this.#parts.registry;
    return {
      computing: activity.computing,
      requesting: activity.requesting,
      residentGuests: residency.inside,
      queuedWorkflows: residency.queued,
      executors: this.#parts.executors.statistics(),
    };
  }

  /**
   * Asks a running workflow to cancel: it gets a message, what it waits for ends, and it has a while to compensate for
   * what it did. It ends immediately if its module does not handle cancellation. May be repeated, even after it was
   * cancelled.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`
   */
  async cancel(id: string): Promise<WorkflowInfo> {
    return this.end(id, "cancel", { tree: false });
  }

  /**
   * Ends a running workflow immediately. May be repeated for one that was cancelled before.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`
   */
  async terminate(id: string): Promise<WorkflowInfo> {
    return this.end(id, "terminate", { tree: false });
  }

  /**
   * Cancels a workflow, or terminates it, which ends it immediately.
   * @param options with `tree`, for a workflow that a caller started: also all its descendants, including those that
   * they start meanwhile. It may have ended itself.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `WORKFLOW_ENDED`; `INVALID_REQUEST` for the tree of a workflow that
   * another one started
   */
  async end(
    id: string,
    manner: EndManner,
    { tree }: { readonly tree: boolean },
  ): Promise<WorkflowInfo> {
    this.#life.assertOpen();
    return tree ? this.#parts.cancellations.tree(id, manner) : this.#parts.commands.end(id, manner);
  }

  /**
   * Cancels or terminates running workflows, up to a thousand in one call. Their descendants are not ended with them.
   * @throws EngineError `INVALID_REQUEST` without a condition
   */
  async endMatching(filter: CancelFilter, manner: EndManner): Promise<CancelledWorkflows> {
    this.#life.assertOpen();
    return this.#parts.cancellations.matching(filter, manner);
  }

  /**
   * Restarts workflows that have ended, up to a thousand in one call. Those that can't be restarted are counted and
   * named, and the others are restarted.
   * @throws EngineError `INVALID_REQUEST` if the status is not that of ended workflows
   */
  async restartMatching(filter: RestartFilter): Promise<RestartedWorkflows> {
    this.#life.assertOpen();
    return this.#parts.massRestarts.matching(filter);
  }

  /**
   * Does what a workflow of another partition requests, once, and returns the outcome when it is durable.
   * @throws Error if the outcome can't be given now: the request has to be repeated
   */
  async runErrand(errand: Errand): Promise<ErrandAnswer> {
    this.#life.assertOpen();
    return this.#parts.registry.runErrand(errand);
  }

  /**
   * Waits for a workflow's end, or its response.
   * @returns its state at that moment, or when the time (in milliseconds) is up
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async wait(id: string, options: WaitOptions): Promise<WorkflowInfo> {
    return this.#parts.reader.wait(toWorkflowNumber(id), options);
  }

  /**
   * The state of the engine, and how many of its workflows have not ended. `degraded`: the journal can't be written,
   * and nothing is accepted until it can.
   */
  health(): { status: "ok" | "degraded"; reason: string | null; running: number } {
    const reason = this.#parts.committer.writeFailure;
    return {
      status: reason === null ? "ok" : "degraded",
      reason,
      running: this.#parts.registry.running,
    };
  }

  /** Settles once all that has happened so far is durable; immediately while the journal can't be written. */
  async save(): Promise<void> {
    if (this.#parts.committer.writeFailure === null) {
      await this.#parts.committer.flush();
    }
  }

  /**
   * Settles when nothing more can happen before a time, a message or the response of a request comes. For tests that
   * move the clock.
   */
  async whenIdle(): Promise<void> {
    return whenIdle(this.#parts.registry, () => this.#life.isClosed);
  }

  /** Settles once the engine is closed or killed. Calls that are open then may never settle. */
  get closed(): Promise<void> {
    return this.#life.closed;
  }

  /** The number of guests' requests that are under way. */
  get requestsUnderWay(): number {
    return this.#parts.registry.activity.requesting;
  }

  /**
   * Stops in an orderly way: nothing new begins, requests under way may end within `graceMs` (default 10,000), and
   * everything is saved. Workflows continue when an engine is opened on the same journal again.
   *
   * @param options `handOverAfterMs`: the max time to wait for requests. Then those that may be repeated are aborted, and
   * sent again by the next engine; the others continue until `graceMs` is over, and the next engine gets their
   * outcomes, if there are `EngineOptions.outcomes`. Default: as long as `graceMs`
   */
  async close(options: CloseEngineOptions = {}): Promise<void> {
    await this.#life.close(options);
  }

  /** Stops like a crash: what is not durable yet is lost. For tests, and the end of `close`. */
  async kill(): Promise<void> {
    await this.#life.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
