import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { EngineError } from "../../errors.ts";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import type { Committer } from "../committer.ts";
import { workflowIn } from "./durable-workflow.ts";
import { WorkflowRecord } from "./workflow-record.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** What {@link RunsInMemory} needs. */
export interface RunsInMemoryParts {
  readonly store: Pick<WorkflowStore, "workflow" | "mailbox">;
  readonly committer: Pick<Committer, "commit">;
  /** Makes the run of a workflow that was created or read. */
  run(record: WorkflowRecord): WorkflowRun;
  failed(error: unknown): void;
}

/** The workflows in memory, at most one run of each: it reads them from the journal, and forgets them again. */
export class RunsInMemory {
  readonly #parts: RunsInMemoryParts;
  readonly #runs = new ShortLivedMap<number, WorkflowRun>();
  readonly #loading = new ShortLivedMap<number, Promise<void>>();
  #stopped = false;

  constructor(parts: RunsInMemoryParts) {
    this.#parts = parts;
  }

  /** A workflow, if it is in memory. */
  get(id: number): WorkflowRun | undefined {
    return this.#runs.get(id);
  }

  add(record: WorkflowRecord): WorkflowRun {
    const run = this.#parts.run(record);
    this.#runs.set(run.id, run);
    return run;
  }

  /**
   * Does something with a workflow, which is read from the journal if it is not in memory.
   * @throws EngineError `WORKFLOW_NOT_FOUND`, `CLOSED`
   */
  async withRun<Result>(id: number, action: (run: WorkflowRun) => Result): Promise<Result> {
    for (;;) {
      const run = this.#runs.get(id);
      if (run !== undefined) {
        try {
          return action(run);
        } finally {
          this.release(run);
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

  /** Forgets a run that is at rest, as soon as it is saved. */
  release(run: WorkflowRun): void {
    if (!run.atRest || this.#stopped) {
      return;
    }
    this.#parts.committer.commit(run.record).then(
      () => {
        if (run.atRest && run.record.isSaved && this.#runs.get(run.id) === run) {
          run.abandon();
          this.#runs.delete(run.id);
        }
      },
      (error: unknown) => this.#parts.failed(error),
    );
  }

  /** Forgets a run that has ended. */
  ended(run: WorkflowRun): void {
    this.#runs.delete(run.id);
  }

  /**
   * Forgets everything, saves nothing.
   * @returns what was in memory
   */
  stop(): readonly WorkflowRun[] {
    this.#stopped = true;
    const all = [...this.#runs.values()];
    for (const run of all) {
      run.abandon();
    }
    this.#runs.clear();
    return all;
  }

  async #load(id: number): Promise<void> {
    const { store } = this.#parts;
    const stored = await workflowIn(store, id);
    const mailbox = await store.mailbox(id);
    if (this.#stopped) {
      throw new EngineError("CLOSED", "The engine was stopped.");
    }
    this.add(new WorkflowRecord(stored, mailbox));
  }
}
