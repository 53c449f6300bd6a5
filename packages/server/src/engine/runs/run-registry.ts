import type { WorkflowStore, StoredWorkflow } from "../../store/workflow-store.ts";
import { countRequests } from "../../network/wrapped-http-client.ts";
import { SentOnce } from "../../host-calls/sent-once.ts";
import { fromPublicId } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import type { Errand, ErrandAnswer } from "../elsewhere.ts";
import type { EngineLimits } from "../limits.ts";
import { tellEnd } from "../observing/index.ts";
import type { EndManner, WorkflowInfo } from "../types.ts";
import { endWithoutResponse, toInfo } from "../workflow-info.ts";
import { AtOnce } from "./at-once.ts";
import { Activity } from "./activity.ts";
import { BoundChildren } from "./bound-children.ts";
import { ChildStarts } from "./child-starts.ts";
import { durableWorkflow } from "./durable-workflow.ts";
import { Errands } from "./errands.ts";
import { endElsewhere } from "./ends-elsewhere.ts";
import { GuestStarter } from "./guest-starter.ts";
import { KeyedStarts } from "./keyed-starts.ts";
import { LocalWorkflows } from "./local-workflows.ts";
import { NewRuns } from "./new-runs.ts";
import { NewWorkflows } from "./new-workflows.ts";
import { RunsInMemory } from "./runs-in-memory.ts";
import type { RunRegistryParts } from "./run-registry-parts.ts";
import type { RunCallbacks, RunServices } from "./run-services.ts";
import type { RunningPart } from "./running-count.ts";
import type { SharedResidency } from "./shared-residency.ts";
import { Turns } from "./turns.ts";
import { Updates } from "./updates.ts";
import { Waiters } from "./waiters.ts";
import { Wakeups } from "./wakeups.ts";
import type { WorkflowRecord } from "./workflow-record.ts";
import { WorkflowRun } from "./workflow-run.ts";
import { WorkflowTrees } from "./workflow-trees.ts";

/** Journals may be long, and a server that starts may have many workflows to continue. */
const journalsAtOnce = 16;

/** Runs workflows: those in memory, and what callers, timers and other workflows want of any. */
export class RunRegistry {
  readonly limits: EngineLimits;
  readonly store: WorkflowStore;
  readonly committer: Committer;
  readonly residency: SharedResidency;
  readonly wakeups: Wakeups;
  readonly trees: WorkflowTrees;
  readonly activity: Activity = new Activity();
  readonly sentOnce: SentOnce;
  readonly responses: Waiters<string | null> = new Waiters();
  readonly ends: Waiters<WorkflowInfo> = new Waiters();
  readonly updates: Updates;
  readonly keyedStarts: KeyedStarts;
  readonly #boundChildren: BoundChildren;
  readonly #errands: Errands;
  readonly #parts: RunRegistryParts;
  readonly #guests: GuestStarter;
  readonly #services: RunServices;
  readonly #runs: RunsInMemory;
  readonly #newWorkflows: NewWorkflows;
  readonly #newRuns: NewRuns;
  #acceptsEffects = true;
  /** Running workflows. Those from before a start are added once they have been counted. */
  readonly #running: RunningPart;
  #stopped = false;

  constructor(parts: RunRegistryParts) {
    this.#parts = parts;
    this.#runs = new RunsInMemory({
      store: parts.store,
      committer: parts.committer,
      run: (record) => this.#run(record),
      failed: (error) => this.#failed(error),
    });
    this.limits = parts.limits;
    this.store = parts.store;
    this.committer = parts.committer;
    this.#guests = new GuestStarter(parts);
    this.#newWorkflows = new NewWorkflows(parts.clock, parts.ids);
    this.residency = parts.residency;
    this.sentOnce = new SentOnce(parts.outcomes);
    this.#running = parts.running.part();
    this.trees = new WorkflowTrees(parts.limits, parts.clock, (root, max) =>
      this.#countDescendants(root, max),
    );
    this.updates = new Updates(parts.store, parts.committer, parts.limits.keptUpdates);
    this.#newRuns = new NewRuns({
      ...parts,
      newWorkflows: this.#newWorkflows,
      ownRunning: this.#running,
      trees: this.trees,
      add: (record) => this.#runs.add(record),
    });
    this.keyedStarts = new KeyedStarts(parts.store);
    const shared = {
      store: parts.store,
      activity: this.activity,
      clock: parts.clock,
      committer: parts.committer,
      withRun: <Result>(id: number, action: (run: WorkflowRun) => Result) =>
        this.withRun(id, action),
      failed: (error: unknown) => this.#failed(error),
      limits: parts.limits,
      ids: parts.ids,
      elsewhere: parts.elsewhere,
      modules: parts.modules,
      keyedStarts: this.keyedStarts,
      end: (...asked: Parameters<RunRegistry["end"]>) => this.end(...asked),
    };
    this.#errands = new Errands({
      ...shared,
      saved: async (id) => {
        const run = this.#runs.get(id);
        if (run !== undefined) {
          await parts.committer.commit(run.record);
        }
      },
      create: (child) => {
        const run = this.#newRuns.createFarChild(child);
        return { record: run.record, activate: () => run.activate() };
      },
    });
    this.#boundChildren = new BoundChildren({ ...shared, cancel: (id) => this.end(id, "cancel") });
    this.wakeups = new Wakeups(parts.store, parts.clock, {
      wake: (wakeup) => this.withRun(wakeup.id, (run) => run.timeCame(wakeup.wakeAt)),
      flush: () => parts.committer.flush(),
      failed: (error) => this.#failed(error),
      rested: () => this.activity.notify(),
    });
    parts.committer.onIdle(() => this.activity.notify());
    this.#services = {
      clock: parts.clock,
      http: countRequests(parts.http, (change) => this.activity.change("requesting", change)),
      retry: parts.limits.retry,
      sentOnce: this.sentOnce,
      activities: parts.activities,
      workflows: new LocalWorkflows({
        ...shared,
        ends: this.ends,
        errands: this.#errands,
      }),
      childStarts: new ChildStarts({
        ...shared,
        trees: this.trees,
        stubbedWorkflows: parts.stubbedWorkflows,
        create: (...child) => this.#newRuns.createChild(...child),
      }),
      observer: parts.observer,
      committer: parts.committer,
      activity: this.activity,
      wakeups: this.wakeups,
      trees: this.trees,
      updates: this.updates,
      limits: parts.limits,
      residency: this.residency,
      turns: new Turns(parts.timers),
      reading: new AtOnce(journalsAtOnce),
      guests: this.#guests,
      createChild: (...child) => this.#newRuns.createOwnChild(...child),
      hideSecrets: (text) => parts.hideSecrets(text),
      acceptsEffects: () => this.#acceptsEffects,
      failed: (error) => this.#failed(error),
    };
  }

  /** Continues all workflows that were running when the journal was last used. */
  async begin(): Promise<void> {
    this.#newWorkflows.continueAfter(await this.store.lastId());
    this.wakeups.start();
    this.#boundChildren.begin();
    // Not awaited: a server with a million workflows is ready before they are counted.
    this.store.running().then(
      (running) => this.#running.add(running),
      (error: unknown) => this.#failed(error),
    );
  }

  /**
   * The number of workflows that have not ended. Those from before a start are included once they have been counted.
   */
  get running(): number {
    return this.#running.own;
  }

  /** In milliseconds since the Unix epoch. */
  now(): number {
    return this.#parts.clock.now();
  }

  /** Removes the engine's secrets from a text that people read. */
  hideSecrets(text: string): string {
    return this.#parts.hideSecrets(text);
  }

  /** From now on no effect begins. */
  stopAccepting(): void {
    this.#acceptsEffects = false;
    this.wakeups.stop();
    this.#boundChildren.stop();
  }

  /** Forgets everything, saves nothing. */
  stop(): void {
    this.#stopped = true;
    this.stopAccepting();
    this.residency.leftTogether(this.#runs.stop());
    this.#running.end();
    const { clock, ids, observer } = this.#parts;
    observer?.stopped?.(clock.now(), (id) => {
      const number = fromPublicId(id);
      return ids === undefined || (number !== undefined && number % ids.count === ids.index);
    });
    this.#guests.stop();
  }

  /**
   * Like `NewRuns.launch`.
   * @throws EngineError `LIMIT_REACHED`
   */
  launch(...start: Parameters<NewRuns["launch"]>): WorkflowRun {
    return this.#newRuns.launch(...start);
  }

  /** Like `RunsInMemory.withRun`. @throws EngineError `WORKFLOW_NOT_FOUND` */
  withRun<Result>(id: number, action: (run: WorkflowRun) => Result): Promise<Result> {
    return this.#runs.withRun(id, action);
  }

  /**
   * Ends a workflow: immediately, or, if its module handles cancellation, by asking it to end.
   *
   * @param check may refuse, by throwing
   * @param settle changes something else, in one transaction with the end or the request
   * @returns its record, and whether it was running and had not been asked before
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async end(
    id: number,
    manner: EndManner,
    check: (run: WorkflowRun) => void = () => undefined,
    settle?: () => void,
  ): Promise<{ readonly record: WorkflowRecord; readonly changed: boolean }> {
    const heard =
      manner === "cancel"
        ? await this.#parts.modules.heardCancellation(
            await this.withRun(id, ({ record }) => record.workflow.moduleHash),
          )
        : "none";
    return this.withRun(id, (run) => {
      check(run);
      const change = (): boolean => (heard === "none" ? run.terminate() : run.askToCancel(heard));
      const { record } = run;
      if (settle === undefined) {
        return { record, changed: change() };
      }
      return this.committer.together(() => {
        const changed = change();
        this.committer.commit(record).catch((error: unknown) => this.#failed(error));
        settle();
        return { record, changed };
      });
    });
  }

  /**
   * Does what a workflow of another partition requests.
   * @throws Error if the outcome can't be given now
   */
  runErrand(errand: Errand): Promise<ErrandAnswer> {
    return this.#errands.run(errand);
  }

  /** Like the function of this name. */
  endElsewhere(...asked: [Parameters<typeof endElsewhere>[1], EndManner]): Promise<number> {
    return endElsewhere(this.#parts, ...asked);
  }

  /** Waits for a workflow's response, like the caller that started it. */
  async callerWaits(id: number, signal: AbortSignal): Promise<string | null> {
    this.#runs.get(id)?.setCallerPresent(true);
    return this.responses.wait(id, signal, () => this.#runs.get(id)?.callerLeft());
  }

  /**
   * Like the function `durableWorkflow`.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `JOURNAL_UNAVAILABLE`
   */
  stored(id: number): Promise<StoredWorkflow> {
    return durableWorkflow(this.#parts, id, this.#runs.get(id)?.record);
  }

  #ended(run: WorkflowRun): void {
    const { workflow } = run.record;
    tellEnd(this.#parts.observer, run);
    const error = workflow.response === null ? endWithoutResponse(workflow) : null;
    if (error === null) {
      this.responses.resolve(run.id, workflow.response);
    } else {
      this.responses.reject(run.id, error);
    }
    this.#running.add(-1);
    if (workflow.parent !== null) {
      this.trees.ended(workflow.root);
    }
    this.ends.resolve(run.id, toInfo(workflow));
    this.updates.ended(run.id);
    this.#parts.keyedEnded(workflow.idempotencyKey);
    if (workflow.hasBoundChildren) {
      this.#boundChildren.ended(run.id);
    }
    this.#runs.ended(run);
  }

  #failed(error: unknown): void {
    if (this.#stopped) {
      return;
    }
    this.#parts.onError(error);
    const { broken } = this.committer;
    if (broken !== undefined) {
      // No response and no end will ever be durable.
      this.responses.rejectAll(broken);
      this.ends.rejectAll(broken);
      this.updates.rejectAll(broken);
    }
  }

  #run(record: WorkflowRecord): WorkflowRun {
    const callbacks: RunCallbacks = {
      logged: (logs) => this.#parts.onLog(run, logs),
      responded: () => this.responses.resolve(run.id, record.state.response),
      ended: () => this.#ended(run),
      leftMemory: () => this.#runs.release(run),
    };
    const run = new WorkflowRun(this.#services, record, callbacks);
    run.setCallerPresent(record.detached || this.responses.has(run.id));
    return run;
  }

  /**
   * The durable number of a root's running descendants. None is only in memory, because no start has been admitted yet.
   */
  async #countDescendants(root: number, max: number): Promise<number> {
    this.activity.change("computing", 1);
    try {
      await this.committer.flush();
      const running = await this.store.ids({ runningDescendantsOf: root, limit: max });
      return running.length;
    } finally {
      this.activity.change("computing", -1);
    }
  }
}
