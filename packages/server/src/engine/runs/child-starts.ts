import { EngineError } from "../../errors.ts";
import { toExtensionError } from "../../host-calls/extensions/engine-refusal.ts";
import type { ExtensionError } from "../../host-calls/extensions/extension-answer.ts";
import type { LeavingCall } from "../../host-calls/extensions/other-workflows.ts";
import type { ChildRequest } from "../../host-calls/waiting-call.ts";
import { type IdSlice, toPublicId } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import type { Elsewhere, ErrandAnswer } from "../elsewhere.ts";
import type { Modules } from "../modules/index.ts";
import { assertKeyOfCaller } from "../schedule-key.ts";
import { askElsewhere, refusalOf } from "./calls-elsewhere.ts";
import { assertSameStart, type BegunStart, type KeyedStarts } from "./keyed-starts.ts";
import type { NewWorkflow } from "./new-workflows.ts";
import type { WorkflowRecord } from "./workflow-record.ts";
import type { WorkflowTrees } from "./workflow-trees.ts";

/** What is known of a child before it exists. */
export type NewChild = Omit<NewWorkflow, "detached" | "parent">;

/** A call that starts a child. */
export interface StartingCall extends LeavingCall {
  /** @param started the child's public id, or why there is none */
  settle(started: string | ExtensionError): void;
}

/** A new workflow, which does not run yet. */
export interface CreatedChild {
  readonly id: number;
  readonly record: Pick<WorkflowRecord, "workflow">;
  activate(): void;
}

/** What {@link ChildStarts} needs. */
export interface ChildStartsParts {
  readonly modules: Pick<Modules, "find" | "knownWorkflowNames" | "list" | "load">;
  readonly committer: Pick<Committer, "commit">;
  readonly keyedStarts: KeyedStarts;
  readonly stubbedWorkflows: ReadonlySet<string>;
  readonly trees: Pick<WorkflowTrees, "began" | "ended">;
  /** The ids of workflows in this partition; undefined: all. */
  readonly ids: IdSlice | undefined;
  /** How to reach the other partitions; undefined: there are none. */
  readonly elsewhere: Elsewhere | undefined;
  /** A new workflow. Its parent saves it with its next changes. */
  create(parent: WorkflowRecord, child: NewChild): CreatedChild;
  failed(error: unknown): void;
}

type ModuleOfChild = Pick<NewChild, "module" | "version" | "moduleHash">;

/** Starts children of any module, by the extension `start`. */
export class ChildStarts {
  readonly #parts: ChildStartsParts;

  constructor(parts: ChildStartsParts) {
    this.#parts = parts;
  }

  /**
   * Starts a child, unless there is already a workflow with its key. The child and the answer to the call become
   * durable in one transaction, unless the key names another partition.
   * @throws Error if the store can't be read now
   */
  async start(parent: WorkflowRecord, child: ChildRequest, call: StartingCall): Promise<void> {
    const { trees } = this.#parts;
    // Takes the child's place during the lookup, because others may request the last one meanwhile.
    trees.began(parent.root);
    try {
      await this.#start(parent, child, call);
    } catch (error) {
      const refusal = toExtensionError(error);
      if (refusal === undefined) {
        throw error;
      }
      if (call.isOpen()) {
        call.settle(refusal);
      }
    } finally {
      trees.ended(parent.root);
    }
  }

  async #start(parent: WorkflowRecord, child: ChildRequest, call: StartingCall): Promise<void> {
    const { workflow, input, idempotencyKey, labels, bound } = child;
    const { keyedStarts, failed } = this.#parts;
    assertKeyOfCaller(idempotencyKey ?? undefined);
    const module =
      call.left === null
        ? (this.#ownModule(parent, child) ?? (await this.#otherModule(parent, child)))
        : // The newest version may have changed since.
          (JSON.parse(call.left) as ModuleOfChild);
    if (idempotencyKey !== null && (await this.#isElsewhere(parent, module, child, call))) {
      return;
    }
    const begin = (): BegunStart | undefined =>
      call.isOpen()
        ? this.#begin(parent, { ...module, workflow, input, idempotencyKey, labels, bound }, call)
        : undefined;
    if (idempotencyKey === null) {
      begin()?.durable.catch(failed);
      return;
    }
    let isNew = false;
    const known = await keyedStarts.once(idempotencyKey, () => {
      isNew = true;
      return begin();
    });
    if (!isNew && known !== undefined && call.isOpen()) {
      assertSameStart(idempotencyKey, known, { ...module, workflow, input });
      call.settle(toPublicId(known.id));
    }
  }

  /** A key is looked up in the partition that it names, whichever workflow starts one with it. */
  async #isElsewhere(
    parent: WorkflowRecord,
    module: ModuleOfChild,
    { workflow, input, idempotencyKey, labels, bound }: ChildRequest,
    call: StartingCall,
  ): Promise<boolean> {
    const { elsewhere, ids } = this.#parts;
    if (elsewhere === undefined || idempotencyKey === null) {
      return false;
    }
    const moved = await elsewhere.movedWorkflow(idempotencyKey);
    if (moved !== undefined) {
      assertSameStart(idempotencyKey, moved, { ...module, workflow, input });
      if (call.isOpen()) {
        call.settle(toPublicId(moved.id));
      }
      return true;
    }
    const partition = elsewhere.partitionOfKey(idempotencyKey);
    if (partition === ids?.index) {
      return false;
    }
    if (bound && !parent.state.hasBoundChildren) {
      parent.change({ hasBoundChildren: true });
    }
    const { id, root, depth } = parent;
    const fixed = { ...module, workflow, input, idempotencyKey, labels, bound };
    const work = { kind: "start", child: { ...fixed, parent: { id, root, depth } } } as const;
    const settle = (answer: ErrandAnswer): void =>
      call.settle(answer.kind === "done" ? toPublicId(answer.workflow) : refusalOf(answer));
    askElsewhere(elsewhere, { partition, from: id, work }, call, settle, JSON.stringify(module));
    return true;
  }

  #begin(parent: WorkflowRecord, child: NewChild, call: StartingCall): BegunStart {
    const run = this.#parts.create(parent, child);
    call.settle(toPublicId(run.id));
    // Requested now, so that whatever the child does first is saved in this transaction or later.
    const durable = this.#parts.committer.commit(parent);
    const { workflow } = run.record;
    run.activate();
    return { workflow, durable };
  }

  /** @returns undefined if another module is requested. @throws EngineError if its own has no such workflow */
  #ownModule(parent: WorkflowRecord, child: ChildRequest): ModuleOfChild | undefined {
    const { module, version, moduleHash } = parent.workflow;
    const isOwn =
      (child.module === undefined && child.version === undefined) ||
      ((child.module ?? module) === module && child.version === version);
    if (!isOwn) {
      return undefined;
    }
    this.#assertHas(child, module, version, this.#parts.modules.knownWorkflowNames(moduleHash));
    return { module, version, moduleHash };
  }

  /** @throws EngineError `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND` */
  async #otherModule(parent: WorkflowRecord, child: ChildRequest): Promise<ModuleOfChild> {
    const { modules } = this.#parts;
    const name = child.module ?? parent.workflow.module;
    const versions = (): readonly { readonly version: string }[] =>
      modules.list().filter((module) => module.name === name);
    const isKnown = (): boolean =>
      versions().some(({ version }) => version === (child.version ?? version));
    if (!isKnown()) {
      // Another node of the cluster may have deployed it.
      await modules.load();
    }
    // They are in the order in which they were deployed.
    const wanted = child.version ?? versions().at(-1)?.version ?? "";
    const { version, hash, workflows } = modules.find(name, wanted);
    this.#assertHas(child, name, version, workflows);
    return { module: name, version, moduleHash: hash };
  }

  #assertHas(
    { workflow }: ChildRequest,
    module: string,
    version: string,
    known: readonly string[],
  ): void {
    if (!known.includes(workflow) && !this.#parts.stubbedWorkflows.has(workflow)) {
      throw new EngineError(
        "WORKFLOW_NOT_FOUND",
        `Module ${module} ${version} has no workflow ${JSON.stringify(workflow.slice(0, 100))}, only ${known.join(", ")}.`,
      );
    }
  }
}
