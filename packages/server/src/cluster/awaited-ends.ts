import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import type { Timers } from "../time/timers.ts";

interface Awaited {
  readonly waiting: Set<() => void>;
}

/** Waits for the ends of workflows on any node: polls the databases, about all of the workflows at once. */
export class AwaitedEnds {
  readonly #ended: (ids: readonly number[]) => Promise<readonly number[]>;
  readonly #timers: Timers;
  readonly #lookMs: number;
  readonly #awaited = new ShortLivedMap<number, Awaited>();
  #isLooking = false;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param ended returns the given workflows that are not running
   * @param lookMs the max time between two polls, in milliseconds
   */
  constructor(
    ended: (ids: readonly number[]) => Promise<readonly number[]>,
    timers: Timers,
    lookMs: number,
  ) {
    this.#ended = ended;
    this.#timers = timers;
    this.#lookMs = lookMs;
  }

  /** Resolves once a workflow is not running. @throws the signal's reason */
  async wait(id: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const awaited = this.#awaited.get(id) ?? { waiting: new Set() };
    this.#awaited.set(id, awaited);
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    awaited.waiting.add(resolve);
    this.#look();
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      awaited.waiting.delete(resolve);
      if (awaited.waiting.size === 0 && this.#awaited.get(id) === awaited) {
        this.#awaited.delete(id);
      }
    }
  }

  /** A workflow has ended on this node: if it is awaited, the databases are asked immediately. */
  endedHere(id: number): void {
    if (this.#awaited.has(id)) {
      this.#look();
    }
  }

  close(): void {
    this.#timers.clearTimeout(this.#timer);
    this.#awaited.clear();
  }

  #look(): void {
    if (this.#isLooking) {
      this.#again = true;
      return;
    }
    this.#timers.clearTimeout(this.#timer);
    this.#isLooking = true;
    this.#again = false;
    this.#ended([...this.#awaited.keys()])
      .then(
        (ended) => {
          for (const id of ended) {
            for (const resolve of this.#awaited.get(id)?.waiting ?? []) {
              resolve();
            }
          }
        },
        () => undefined,
      )
      .finally(() => {
        this.#isLooking = false;
        if (this.#again) {
          this.#look();
        } else if (this.#awaited.size > 0) {
          this.#timer = this.#timers.setTimeout(() => this.#look(), this.#lookMs);
          this.#timer.unref?.();
        }
      });
  }
}
