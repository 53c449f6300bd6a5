import type { Timers } from "../../time/timers.ts";

/** So many bursts of host calls in a row are nothing unusual: each has hundreds of calls. */
const freeBursts = 4;
/** Real time after which a turn is over, whether or not its owner has made its calls. */
const maxTurnMs = 20;

/**
 * Lets workflows that make host call after host call without ever waiting go on one at a time. However many they are, they
 * take no more of the server than one of them would, and others have the rest.
 */
export class Turns {
  readonly #timers: Timers;
  /** Bursts in a row, by owner. */
  readonly #bursts = new Map<object, number>();
  readonly #queue = new Map<object, () => void>();
  #holder: object | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /**
   * The owner has made a burst of calls, and wants to make the next one.
   * @param go called when it may, at once where it has not made many in a row
   */
  take(owner: object, go: () => void): void {
    const bursts = (this.#bursts.get(owner) ?? 0) + 1;
    this.#bursts.set(owner, bursts);
    if (bursts <= freeBursts) {
      go();
      return;
    }
    // Those who queue come before its own next turn.
    this.#queue.set(owner, go);
    if (this.#holder === owner || this.#holder === undefined) {
      this.#next();
    }
  }

  /** The owner waits for something, or is gone: its bursts are counted anew. */
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
