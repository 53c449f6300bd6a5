import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import type { Timers } from "../time/timers.ts";
import { RepeatedLook } from "./repeated-look.ts";

interface Awaited {
  readonly waiting: Set<() => void>;
}

/** Waits for the ends of workflows on any node: polls the databases, about all of the workflows at once. */
export class AwaitedEnds {
  readonly #ended: (ids: readonly number[]) => Promise<readonly number[]>;
  readonly #awaited = new ShortLivedMap<number, Awaited>();
  readonly #looks: RepeatedLook;

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
    this.#looks = new RepeatedLook({
      timers,
      everyMs: lookMs,
      look: () => this.#look(),
      goesOn: () => this.#awaited.size > 0,
      // Those who wait have nothing to do about it: the next look may succeed.
      onError: () => undefined,
    });
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
    this.#looks.now();
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
      this.#looks.now();
    }
  }

  close(): void {
    void this.#looks.close();
    this.#awaited.clear();
  }

  async #look(): Promise<void> {
    for (const id of await this.#ended([...this.#awaited.keys()])) {
      for (const resolve of this.#awaited.get(id)?.waiting ?? []) {
        resolve();
      }
    }
  }
}
