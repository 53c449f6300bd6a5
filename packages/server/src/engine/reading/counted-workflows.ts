import type { WorkflowStore, WorkflowCounts } from "../../store/workflow-store.ts";

/** Counting takes at most one part in this many of the time, because nothing can be written meanwhile. */
const pauseFactor = 50;
const minPauseMs = 200;
const maxPauseMs = 60_000;

/** Counts the workflows of a journal, but not too often: with millions of them it takes a while. */
export class CountedWorkflows {
  readonly #store: Pick<WorkflowStore, "counts">;
  #counting: Promise<WorkflowCounts> | undefined;
  #goodUntil = 0;

  constructor(store: Pick<WorkflowStore, "counts">) {
    this.#store = store;
  }

  /** The counts, which may be as old as the pause. */
  async read(): Promise<WorkflowCounts> {
    if (this.#counting === undefined || performance.now() >= this.#goodUntil) {
      // Requests that come meanwhile get the same counts.
      this.#goodUntil = Infinity;
      this.#counting = this.#count();
      // A failure is for those who asked; the next request tries again.
      this.#counting.catch(() => (this.#goodUntil = 0));
    }
    return this.#counting;
  }

  async #count(): Promise<WorkflowCounts> {
    const startedAt = performance.now();
    const counts = await this.#store.counts();
    const now = performance.now();
    const pauseMs = Math.max(minPauseMs, (now - startedAt) * pauseFactor);
    this.#goodUntil = now + Math.min(maxPauseMs, pauseMs);
    return counts;
  }
}
