import type { StoredWorkflow } from "../../store/workflow-store.ts";
import type { Clock } from "../../time/clock.ts";
import { type IdSlice, WorkflowIds } from "../../workflow/workflow-id.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** What is known of a workflow before it exists. */
export type NewWorkflow = Pick<
  StoredWorkflow,
  | "module"
  | "version"
  | "moduleHash"
  | "workflow"
  | "input"
  | "idempotencyKey"
  | "detached"
  | "bound"
  | "labels"
> & {
  /** The workflow that starts it, or null. */
  readonly parent: Pick<WorkflowRecord, "id" | "root" | "depth"> | null;
};

/** Creates workflows, each with its own number. */
export class NewWorkflows {
  readonly #clock: Clock;
  readonly #slice: IdSlice | undefined;
  #ids: WorkflowIds;

  /** @param slice the numbers that it may give; default: all */
  constructor(clock: Clock, slice?: IdSlice) {
    this.#clock = clock;
    this.#slice = slice;
    this.#ids = new WorkflowIds(clock, 0, slice);
  }

  /** From now on, numbers are above the last one. */
  continueAfter(lastId: number): void {
    this.#ids = new WorkflowIds(this.#clock, lastId, this.#slice);
  }

  /** A new running workflow, which nothing else knows yet. */
  create({ parent, ...fixed }: NewWorkflow): StoredWorkflow {
    const id = this.#ids.next();
    return {
      ...fixed,
      id,
      parent: parent?.id ?? null,
      root: parent?.root ?? id,
      depth: parent === null ? 0 : parent.depth + 1,
      createdAt: this.#clock.now(),
      status: "running",
      wakeAt: 0,
      waiting: null,
      response: null,
      endedAt: null,
      failure: null,
      cancelBy: null,
      run: 1,
      journalStart: 0,
      hasBoundChildren: false,
    };
  }
}
