import type { Clock } from "../time/clock.ts";
import type { WorkflowStore } from "../store/workflow-store.ts";

/** The max number of workflows deleted in one transaction. */
const pageSize = 200;
/** The pause between two transactions, which lets all others go first. */
const pauseMs = 20;
const maxIntervalMs = 60_000;
const minIntervalMs = 1_000;

/** Options of {@link Retention}. */
export interface RetentionOptions {
  readonly store: WorkflowStore;
  readonly clock: Clock;
  /** How long an ended workflow is stored, in milliseconds. */
  readonly retainMs: number;
  /** Called on an error; the deletion is retried later. */
  onError(error: unknown): void;
  /** Called with the number of deleted workflows, once no more are old enough. */
  onPruned?(count: number): void;
}

/**
 * Deletes workflows some time after their end: in batches with pauses, so that nothing waits for it. It checks every
 * tenth of the retention time, but at least every minute and at most every second.
 */
export class Retention {
  readonly #options: RetentionOptions;
  #cancelTimer: () => void = () => undefined;
  #pass: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#begin();
  }

  /** Resolves when it has stopped, and the journal may be closed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    await this.#pass;
  }

  #begin(): void {
    if (!this.#stopped) {
      this.#pass = this.#prune();
    }
  }

  async #prune(): Promise<void> {
    const { store, clock, retainMs, onError, onPruned } = this.#options;
    let total = 0;
    try {
      for (let pruned = -1; pruned !== 0 && !this.#stopped;) {
        pruned = await store.prune(clock.now() - retainMs, pageSize);
        total += pruned;
        if (pruned > 0) {
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      }
    } catch (error) {
      onError(error);
    }
    if (total > 0) {
      onPruned?.(total);
    }
    const interval = Math.min(Math.max(retainMs / 10, minIntervalMs), maxIntervalMs);
    if (!this.#stopped) {
      this.#cancelTimer = clock.setTimer(clock.now() + interval, () => this.#begin());
    }
  }
}
