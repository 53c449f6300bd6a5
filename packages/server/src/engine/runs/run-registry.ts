import { EngineError } from "../../errors.ts";
import type { ExecutorPool, GuestHandle } from "../../executor/executor-pool.ts";
import type { GuestLog, GuestSettings } from "../../executor/messages.ts";
import type { HttpClient } from "../../network/http-client.ts";
import type { Journal, StoredWorkflow, Wakeup } from "../../journal/journal.ts";
import { Activity } from "./activity.ts";
import type { Clock } from "../../time/clock.ts";
import type { Committer } from "../committer.ts";
import type { EngineObserver } from "../observing/engine-observer.ts";
import type { EngineLimits } from "../limits.ts";
import { moduleKey, type Modules } from "../modules/modules.ts";
import { Residency } from "./residency.ts";
import { tellEnd } from "../observing/observed-workflow.ts";
import type { RunHost } from "./run-host.ts";
import type { StartRequest, WorkflowInfo } from "../types.ts";
import { Waiters } from "./waiters.ts";
import { Wakeups } from "./wakeups.ts";
import { toPublicId, WorkflowIds } from "../../workflow/workflow-id.ts";
import { endWithoutResponse, toInfo } from "../workflow-info.ts";
import { WorkflowRecord } from "./workflow-record.ts";
import { WorkflowRun } from "./workflow-run.ts";
import { WorkflowTrees } from "./workflow-trees.ts";

/** What a registry is built on. */
export interface RunRegistryParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly observer: EngineObserver | undefined;
  readonly limits: EngineLimits;
  readonly committer: Committer;
  readonly modules: Modules;
  readonly executors: ExecutorPool;
  readonly guestSettings: GuestSettings;
  readonly stubbedWorkflows: ReadonlySet<string>;
  hideSecrets(text: string): string;
  onLog(run: WorkflowRun, logs: readonly GuestLog[]): void;
  onError(error: unknown): void;
}

/** The workflows that are in memory: it reads them from the journal, runs them, and lets them go again. */
export class RunRegistry implements RunHost {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly observer: EngineObserver | undefined;
  readonly limits: EngineLimits;
  readonly journal: Journal;
  readonly committer: Committer;
  readonly residency: Residency<WorkflowRun>;
  readonly wakeups: Wakeups;
  readonly trees: WorkflowTrees;
  readonly activity: Activity = new Activity();
  readonly responses: Waiters<string | null> = new Waiters();
  readonly ends: Waiters<WorkflowInfo> = new Waiters();
  readonly #parts: RunRegistryParts;
  readonly #engineNumber: number;
  readonly #runs = new Map<number, WorkflowRun>();
  readonly #loading = new Map<number, Promise<void>>();
  #ids: WorkflowIds;
  #mayAct = true;
  /** Workflows that run: those of before are added as soon as they are counted. */
  #running = 0;
  #stopped = false;

  constructor(parts: RunRegistryParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.observer = parts.observer;
    this.limits = parts.limits;
    this.journal = parts.journal;
    this.committer = parts.committer;
    this.http = this.#counted(parts.http);
    this.#engineNumber = parts.executors.registerEngine();
    this.#ids = new WorkflowIds(parts.clock, 0);
    this.residency = new Residency({
      places: parts.limits.residentGuests,
      maxQueue: parts.limits.queuedWorkflows,
      idleMs: parts.limits.idleGuestMs,
    });
    this.trees = new WorkflowTrees(parts.limits, parts.clock, (root, max) =>
      this.#countDescendants(root, max),
    );
    this.wakeups = new Wakeups(parts.journal, parts.clock, {
      wake: (wakeup) => this.withRun(wakeup.id, (run) => run.timeCame(wakeup.wakeAt)),
      flush: () => parts.committer.flush(),
      failed: (error) => this.failed(error),
      rested: () => this.activity.notify(),
    });
    parts.committer.onIdle(() => this.activity.notify());
  }

  get mayAct(): boolean {
    return this.#mayAct;
  }

  /** Lets all workflows go on that were running when the journal was last used. */
  async begin(): Promise<void> {
    this.#ids = new WorkflowIds(this.clock, await this.journal.lastId());
    this.wakeups.start();
    // Nobody waits for it: a server with a million workflows is ready before they are counted.
    this.journal.running().then(
      (running) => (this.#running += running),
      (error: unknown) => this.failed(error),
    );
  }

  /** From now on no effect begins. */
  beginNothingMore(): void {
    this.#mayAct = false;
    this.wakeups.stop();
  }

  /** Forgets all, saves nothing. */
  stop(): void {
    this.#stopped = true;
    this.beginNothingMore();
    for (const run of this.#runs.values()) {
      run.abandon();
    }
    this.#runs.clear();
    this.observer?.stopped?.(this.clock.now());
    this.#parts.executors.forgetEngine(this.#engineNumber);
  }

  /**
   * @param detached whether nobody waits for its response now
   * @returns the new workflow, on its way
   */
  launch(request: StartRequest, moduleHash: string, detached: boolean): WorkflowRun {
    this.#assertMayRunOneMore();
    this.residency.assertRoomForOneMore();
    const { module, version, workflow, input, idempotencyKey = null } = request;
    const stored = this.#newWorkflow({
      module,
      version,
      moduleHash,
      workflow,
      input,
      idempotencyKey,
      detached,
      parent: null,
    });
    const run = this.#add(stored, new WorkflowRecord(stored, null));
    this.#running += 1;
    run.requestId = request.origin?.requestId ?? null;
    this.observer?.workflowStarted?.(run.observed, request.origin?.trace ?? null);
    run.callerIs(true);
    run.activate();
    return run;
  }

  /**
   * Does something with a workflow, which is read from the journal if it is not in memory.
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async withRun<Result>(id: number, action: (run: WorkflowRun) => Result): Promise<Result> {
    for (;;) {
      const run = this.#runs.get(id);
      if (run !== undefined) {
        try {
          return action(run);
        } finally {
          this.leftMemory(run);
        }
      }
      const loading = this.#loading.get(id) ?? this.#load(id);
      this.#loading.set(id, loading);
      try {
        await loading;
      } finally {
        this.#loading.delete(id);
      }
    }
  }

  /** Waits for a workflow's response, as the caller of its start does. */
  async callerWaits(id: number, signal: AbortSignal): Promise<string | null> {
    this.#runs.get(id)?.callerIs(true);
    return this.responses.wait(id, signal, () => this.#runs.get(id)?.callerLeft());
  }

  /**
   * What is durable of a workflow.
   * @throws EngineError `WORKFLOW_NOT_FOUND`
   */
  async stored(id: number): Promise<StoredWorkflow> {
    const run = this.#runs.get(id);
    // While the journal can't be written, what it holds already is all that is durable.
    if (run !== undefined && this.committer.trouble === null) {
      const { workflow } = run.record;
      await this.committer.commit(run.record);
      return workflow;
    }
    return this.#read(id);
  }

  async startGuest(run: WorkflowRun, journal: readonly string[]): Promise<GuestHandle> {
    const { workflow, moduleHash, input } = run.record.workflow;
    const module = await this.#parts.modules.compiled(moduleHash);
    const start = {
      workflowId: run.id,
      publicId: toPublicId(run.id),
      workflow,
      input,
      moduleKey: moduleKey(moduleHash, this.limits),
      journal,
      callerPresent: run.record.state.response === null && run.hasCaller,
      now: this.clock.now(),
    };
    return this.#parts.executors.start(
      this.#engineNumber,
      this.#parts.guestSettings,
      module,
      start,
      run,
    );
  }

  admitChild({ record }: WorkflowRun, decide: (refusal?: string) => void): () => void {
    return this.trees.admit(record.root, record.depth, decide, (error) => this.failed(error));
  }

  createChild(parent: WorkflowRun, workflow: string, input: string): WorkflowRun | undefined {
    const { module, version, moduleHash } = parent.record.workflow;
    const isStub = this.#parts.stubbedWorkflows.has(workflow);
    if (!isStub && !this.#parts.modules.knownWorkflowNames(moduleHash).includes(workflow)) {
      return undefined;
    }
    const running = this.#newWorkflow({
      module,
      version,
      moduleHash,
      workflow,
      input,
      idempotencyKey: null,
      detached: false,
      parent: parent.record,
    });
    const stored: StoredWorkflow = isStub
      ? { ...running, status: "completed", wakeAt: null, endedAt: running.createdAt }
      : running;
    // The parent saves it together with its own record of the start.
    parent.record.add({ kind: "create", workflow: stored });
    const child = this.#add(stored, new WorkflowRecord(stored, []));
    if (!isStub) {
      this.#running += 1;
      this.trees.began(stored.root);
      this.observer?.workflowStarted?.(child.observed, null);
    }
    return child;
  }

  wakeLater(wakeup: Wakeup): void {
    this.wakeups.add(wakeup);
  }

  responded(run: WorkflowRun): void {
    this.responses.resolve(run.id, run.record.state.response);
  }

  ended(run: WorkflowRun): void {
    const { workflow } = run.record;
    tellEnd(this.observer, run);
    const error = workflow.response === null ? endWithoutResponse(workflow) : null;
    if (error === null) {
      this.responses.resolve(run.id, workflow.response);
    } else {
      this.responses.reject(run.id, error);
    }
    this.#running -= 1;
    if (workflow.parent !== null) {
      this.trees.ended(workflow.root);
    }
    this.ends.resolve(run.id, toInfo(workflow));
    this.#runs.delete(run.id);
  }

  leftMemory(run: WorkflowRun): void {
    if (!run.atRest || this.#stopped) {
      return;
    }
    this.committer.commit(run.record).then(
      () => {
        if (run.atRest && run.record.isSaved && this.#runs.get(run.id) === run) {
          run.abandon();
          this.#runs.delete(run.id);
        }
      },
      (error: unknown) => this.failed(error),
    );
  }

  logged(run: WorkflowRun, logs: readonly GuestLog[]): void {
    this.#parts.onLog(run, logs);
  }

  hideSecrets(text: string): string {
    return this.#parts.hideSecrets(text);
  }

  busy(what: "computing" | "requesting", change: 1 | -1): void {
    this.activity.change(what, change);
  }

  failed(error: unknown): void {
    if (this.#stopped) {
      return;
    }
    this.#parts.onError(error);
    const { broken } = this.committer;
    if (broken !== undefined) {
      // No response and no end will ever be durable.
      this.responses.rejectAll(broken);
      this.ends.rejectAll(broken);
    }
  }

  /** @throws EngineError `LIMIT_REACHED` */
  #assertMayRunOneMore(): void {
    const { runningWorkflows } = this.limits;
    if (this.#running >= runningWorkflows) {
      throw new EngineError(
        "LIMIT_REACHED",
        `${this.#running} workflows run already, as many as the limit runningWorkflows allows; try again when some have ended`,
      );
    }
  }

  async #read(id: number): Promise<StoredWorkflow> {
    const stored = await this.journal.workflow(id);
    if (stored === undefined) {
      throw new EngineError("WORKFLOW_NOT_FOUND", `there is no workflow ${toPublicId(id)}`);
    }
    return stored;
  }

  async #load(id: number): Promise<void> {
    const stored = await this.#read(id);
    const mailbox = await this.journal.mailbox(id);
    if (this.#stopped) {
      throw new EngineError("CLOSED", "the engine was stopped");
    }
    this.#add(stored, new WorkflowRecord(stored, mailbox));
  }

  #add(stored: StoredWorkflow, record: WorkflowRecord): WorkflowRun {
    const run = new WorkflowRun(this, stored.id, record);
    run.callerIs(stored.detached || this.responses.has(stored.id));
    this.#runs.set(stored.id, run);
    return run;
  }

  /** What is durable of a root's descendants; nothing of it is in memory only, as none was asked about before. */
  async #countDescendants(root: number, max: number): Promise<number> {
    this.busy("computing", 1);
    try {
      await this.committer.flush();
      const running = await this.journal.ids({ runningDescendantsOf: root, limit: max });
      return running.length;
    } finally {
      this.busy("computing", -1);
    }
  }

  #newWorkflow({
    parent,
    ...fixed
  }: Pick<
    StoredWorkflow,
    "module" | "version" | "moduleHash" | "workflow" | "input" | "idempotencyKey" | "detached"
  > & { readonly parent: WorkflowRecord | null }): StoredWorkflow {
    const id = this.#ids.next();
    return {
      ...fixed,
      id,
      parent: parent?.workflow.id ?? null,
      root: parent?.root ?? id,
      depth: parent === null ? 0 : parent.depth + 1,
      createdAt: this.clock.now(),
      status: "running",
      wakeAt: 0,
      waiting: null,
      response: null,
      endedAt: null,
      failure: null,
    };
  }

  #counted(http: HttpClient): HttpClient {
    return {
      send: async (request, options) => {
        this.busy("requesting", 1);
        try {
          return await http.send(request, options);
        } finally {
          this.busy("requesting", -1);
        }
      },
    };
  }
}
