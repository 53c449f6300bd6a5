import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import type { Timers } from "../../time/timers.ts";

/** This many bursts of host calls in a row are nothing unusual. Each has hundreds of calls. */
const freeBursts = 4;
/** Real time after which a turn is over, whether or not its owner has made its calls. */
const maxTurnMs = 20;

/**
 * Runs workflows that make host call after host call without ever waiting one at a time. However many they are,
 * together they take no more of the server than one of them would, and the rest is left for others.
 */
export class Turns {
  readonly #timers: Timers;
  /** Bursts in a row, by owner. */
  readonly #bursts = new ShortLivedMap<object, number>();
  readonly #queue = new ShortLivedMap<object, () => void>();
  #holder: object | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /**
   * The owner has made a burst of calls, and requests the next one.
   * @param go called when it may continue, immediately if it has not made many in a row
   */
  take(owner: object, go: () => void): void {
    const bursts = (this.#bursts.get(owner) ?? 0) + 1;
    this.#bursts.set(owner, bursts);
    if (bursts <= freeBursts) {
      go();
      return;
    }
    // Those in the queue come before the owner's own next turn.
    this.#queue.set(owner, go);
    if (this.#holder === owner || this.#holder === undefined) {
      this.#next();
    }
  }

  /** The owner waits for something, or is gone: its bursts are counted from zero again. */
  end(owner: object): void {
    if (!this.#bursts.delete(owner)) {
      return;
    }
    this.#queue.delete(owner);
    if (this.#holder === owner) {
      this.#next();
    }
  }

  #next(): void {
    this.#timers.clearTimeout(this.#expiry);
    const [first] = this.#queue;
    if (first === undefined) {
      this.#holder = undefined;
      return;
    }
    const [owner, go] = first;
    this.#queue.delete(owner);
    this.#holder = owner;
    this.#expiry = this.#timers.setTimeout(() => this.#next(), maxTurnMs);
    go();
  }
}
