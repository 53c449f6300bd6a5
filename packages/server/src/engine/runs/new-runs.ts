import { EngineError } from "../../errors.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import type { FarChild } from "../elsewhere.ts";
import type { EngineLimits } from "../limits.ts";
import type { Modules } from "../modules/index.ts";
import type { EngineObserver } from "../observing/index.ts";
import type { StartRequest } from "../types.ts";
import type { NewChild } from "./child-starts.ts";
import type { NewWorkflows } from "./new-workflows.ts";
import type { RunningCount, RunningPart } from "./running-count.ts";
import type { SharedResidency } from "./shared-residency.ts";
import { changeLabels, noLabels } from "../../workflow/labels.ts";
import { type TakenOver, WorkflowRecord } from "./workflow-record.ts";
import type { WorkflowRun } from "./workflow-run.ts";
import type { WorkflowTrees } from "./workflow-trees.ts";

/** What {@link NewRuns} needs. */
export interface NewRunsParts {
  readonly newWorkflows: NewWorkflows;
  readonly limits: EngineLimits;
  readonly modules: Pick<Modules, "knownWorkflowNames">;
  readonly observer: EngineObserver | undefined;
  readonly residency: SharedResidency;
  /** The running workflows of all engines that share a count. */
  readonly running: RunningCount;
  /** Those of this engine. */
  readonly ownRunning: RunningPart;
  readonly stubbedWorkflows: ReadonlySet<string>;
  readonly trees: Pick<WorkflowTrees, "began">;
  /** Adds a run to those in memory. */
  add(record: WorkflowRecord): WorkflowRun;
}

/** Creates the runs of new workflows. */
export class NewRuns {
  readonly #parts: NewRunsParts;

  constructor(parts: NewRunsParts) {
    this.#parts = parts;
  }

  /**
   * @param detached whether nobody waits for its response now
   * @param takenOver if it is a restart or a fork of another one
   * @returns the new workflow, on its way
   * @throws EngineError `LIMIT_REACHED`
   */
  launch(
    request: StartRequest,
    moduleHash: string,
    detached: boolean,
    takenOver?: TakenOver,
  ): WorkflowRun {
    const { add, newWorkflows, observer, ownRunning, residency } = this.#parts;
    this.#assertMayRunOneMore();
    residency.assertRoomForOneMore();
    const { module, version, workflow, input, idempotencyKey = null } = request;
    const labels = changeLabels(request.labels ?? noLabels, request.serverLabels ?? noLabels);
    const fixed = {
      module,
      version,
      moduleHash,
      workflow,
      input,
      idempotencyKey,
      labels,
      detached,
    };
    const run = add(
      new WorkflowRecord(
        { ...newWorkflows.create({ ...fixed, bound: false, parent: null }), ...takenOver?.state },
        null,
        takenOver,
      ),
    );
    ownRunning.add(1);
    run.requestId = request.origin?.requestId ?? null;
    observer?.workflowStarted?.(run.observed, request.origin?.trace ?? null);
    run.setCallerPresent(true);
    run.activate();
    return run;
  }

  /** A child of its parent's module, which does not run yet; undefined if the module has no such workflow. */
  createOwnChild(parent: WorkflowRecord, workflow: string, input: string): WorkflowRun | undefined {
    const { module, version, moduleHash } = parent.workflow;
    const { modules, stubbedWorkflows } = this.#parts;
    const isKnown =
      stubbedWorkflows.has(workflow) || modules.knownWorkflowNames(moduleHash).includes(workflow);
    const own = {
      module,
      version,
      moduleHash,
      idempotencyKey: null,
      bound: false,
      labels: noLabels,
    };
    return isKnown ? this.createChild(parent, { ...own, workflow, input }) : undefined;
  }

  /** A child, which does not run yet. Its parent saves it with its next changes. */
  createChild(parent: WorkflowRecord, child: NewChild): WorkflowRun {
    const { add, newWorkflows, observer, ownRunning, stubbedWorkflows, trees } = this.#parts;
    const isStub = stubbedWorkflows.has(child.workflow);
    const running = newWorkflows.create({ ...child, detached: false, parent });
    const stored: StoredWorkflow = isStub
      ? { ...running, status: "completed", wakeAt: null, endedAt: running.createdAt }
      : running;
    if (child.bound && !parent.state.hasBoundChildren) {
      parent.change({ hasBoundChildren: true });
    }
    parent.add({ kind: "create", workflow: stored });
    const run = add(new WorkflowRecord(stored, []));
    if (!isStub) {
      ownRunning.add(1);
      trees.began(stored.root);
      observer?.workflowStarted?.(run.observed, null);
    }
    return run;
  }

  /** A child of a workflow in another partition. It does not run yet and is not saved yet. */
  createFarChild(child: FarChild): WorkflowRun {
    const { add, newWorkflows, observer, ownRunning, trees } = this.#parts;
    const run = add(new WorkflowRecord(newWorkflows.create({ ...child, detached: false }), null));
    ownRunning.add(1);
    trees.began(run.record.root);
    observer?.workflowStarted?.(run.observed, null);
    return run;
  }

  #assertMayRunOneMore(): void {
    const { runningWorkflows } = this.#parts.limits;
    const { total } = this.#parts.running;
    if (total >= runningWorkflows) {
      throw new EngineError(
        "LIMIT_REACHED",
        `${total} workflows run already, as many as the limit runningWorkflows allows. Try again when some have ended.`,
      );
    }
  }
}
