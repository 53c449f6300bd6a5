import { EngineError } from "../errors.ts";

/** A workflow that needs a place in memory to run. */
export interface Resident {
  /** It has a place: it starts or rebuilds its guest. */
  enter(): void;
  /** It must give its place back: its guest waits, and is rebuilt later. */
  leave(): void;
}

/**
 * Keeps the number of guests in memory below a limit. One that waits gives way to one that can run,
 * longest wait first, and leaves by itself after a while.
 */
export class Residency<Item extends Resident> {
  readonly #places: number;
  readonly #longestQueue: number;
  readonly #idleMs: number;
  readonly #inside = new Set<Item>();
  readonly #waiting = new Map<Item, number>();
  readonly #queue = new Set<Item>();

  constructor(options: { places: number; longestQueue: number; idleMs: number }) {
    this.#places = options.places;
    this.#longestQueue = options.longestQueue;
    this.#idleMs = options.idleMs;
  }

  /** How many have no place yet. */
  get queued(): number {
    return this.#queue.size;
  }

  /** How many have a place. */
  get inside(): number {
    return this.#inside.size;
  }

  /** @throws EngineError `LIMIT_REACHED` */
  assertRoomForOneMore(): void {
    if (this.#queue.size >= this.#longestQueue) {
      throw new EngineError(
        "LIMIT_REACHED",
        `${this.#queue.size} workflows wait for a place to run already; try again later`,
      );
    }
  }

  request(item: Item): void {
    if (this.#inside.has(item)) {
      this.#waiting.delete(item);
      return;
    }
    const [longestWaiting] = this.#waiting.keys();
    if (this.#inside.size >= this.#places && longestWaiting !== undefined) {
      this.#evict(longestWaiting);
    }
    if (this.#inside.size >= this.#places) {
      this.#queue.add(item);
      return;
    }
    this.#inside.add(item);
    item.enter();
  }

  /**
   * The guest waits: it may be asked to leave, and has to at once where it would not be needed before its time is over.
   *
   * @param atLeastMs how long it is certain to wait
   */
  waits(item: Item, atLeastMs: number): void {
    if (!this.#inside.has(item)) {
      return;
    }
    this.#waiting.set(item, performance.now());
    if (atLeastMs >= this.#idleMs) {
      this.#evict(item);
    }
    this.#admit();
  }

  /** The guest no longer waits. */
  continues(item: Item): void {
    this.#waiting.delete(item);
  }

  /** The guest is gone. */
  left(item: Item): void {
    this.#queue.delete(item);
    this.#waiting.delete(item);
    if (this.#inside.delete(item)) {
      this.#admit();
    }
  }

  /**
   * Makes those leave that have waited for long, or all that wait. To be called now and then.
   */
  sweep({ all }: { readonly all: boolean } = { all: false }): void {
    const due = all ? Infinity : performance.now() - this.#idleMs;
    for (const [item, since] of this.#waiting) {
      if (since > due) {
        break;
      }
      this.#evict(item);
    }
    this.#admit();
  }

  #evict(item: Item): void {
    this.#waiting.delete(item);
    this.#inside.delete(item);
    item.leave();
  }

  #admit(): void {
    for (const item of this.#queue) {
      if (this.#inside.size >= this.#places && this.#waiting.size === 0) {
        return;
      }
      this.#queue.delete(item);
      this.request(item);
    }
  }
}
