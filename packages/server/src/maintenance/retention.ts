import type { Clock } from "../time/clock.ts";
import type { WorkflowStore } from "../store/workflow-store.ts";

/** How many workflows leave the journal in one transaction at most. */
const pageSize = 200;
/** Between two transactions: everybody else's come first. */
const pauseMs = 20;
const maxIntervalMs = 60_000;
const minIntervalMs = 1_000;

/** What retention works on. */
export interface RetentionOptions {
  readonly store: WorkflowStore;
  readonly clock: Clock;
  /** For how long an ended workflow is kept, in milliseconds. */
  readonly retainMs: number;
  /** Told of what went wrong; it is tried again later. */
  onError(error: unknown): void;
  /** Told how many workflows were forgotten, once none is left that is old enough. */
  onPruned?(count: number): void;
}

/**
 * Forgets workflows some time after their end: a page at a time, with pauses, so that nobody waits for it. It looks
 * every tenth of the time that they are kept, but at least each minute, and at most each second.
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

  /** Settled when nothing happens any more: the journal may be closed. */
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
