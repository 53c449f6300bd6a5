import type { Timers } from "../time/timers.ts";

/** Options of {@link RepeatedLook}. */
export interface RepeatedLookOptions {
  readonly timers: Timers;
  /** The max time between two looks, in milliseconds. */
  readonly everyMs: number;
  readonly look: () => Promise<void>;
  /** Whether to look again by itself. Default: always. */
  readonly goesOn?: () => boolean;
  /** Called with the first of several failures in a row. */
  readonly onError: (error: unknown) => void;
}

/** Looks at something every now and then, and at once if asked to, but never twice at the same time. */
export class RepeatedLook {
  readonly #options: RepeatedLookOptions;
  #looking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #failed = false;

  constructor(options: RepeatedLookOptions) {
    this.#options = options;
  }

  /** Looks now, or once more if it is just looking. After a failure, it waits for its time. */
  now(): void {
    if (this.#isClosed || this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    const { everyMs, goesOn, timers } = this.#options;
    timers.clearTimeout(this.#timer);
    this.#again = false;
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#again && !this.#failed) {
        this.now();
      } else if (!this.#isClosed && goesOn?.() !== false) {
        this.#timer = timers.setTimeout(() => this.now(), everyMs);
        this.#timer.unref?.();
      }
    });
  }

  /** Ends it. Resolves once it doesn't look any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#options.timers.clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    try {
      await this.#options.look();
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) {
        this.#options.onError(error);
      }
      this.#failed = true;
    }
  }
}
