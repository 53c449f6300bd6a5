import type { EngineObserver, ObservedWorkflow } from "./engine-observer.ts";

/** Reports that a workflow changed, to pages that show workflows. It costs next to nothing while nobody listens. */
export class WorkflowWatch {
  /** To be given to the engine. Answers of a guest's own thread are not reported, but the next call that waits is. */
  readonly observer: EngineObserver;
  readonly #listeners = new Set<(id: string) => void>();

  constructor() {
    const changed = ({ id }: ObservedWorkflow): void => {
      for (const listener of this.#listeners) {
        listener(id);
      }
    };
    this.observer = {
      workflowStarted: changed,
      workflowResumed: changed,
      workflowSuspended: changed,
      workflowEnded: changed,
      callBegan: changed,
    };
  }

  /** @returns a function that stops it */
  listen(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
