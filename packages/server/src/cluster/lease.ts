import type { Timers } from "../time/timers.ts";

/**
 * For how long this process may act for a partition, by its own monotonic clock. It begins when the database was asked, so
 * it is over here before it is over there, and a tenth of it earlier.
 */
export class Lease {
  readonly #timers: Pick<Timers, "monotonicNow">;
  readonly #spanMs: number;
  #until: number;
  #isOver = false;

  /**
   * @param leaseMs as it was asked for
   * @param askedAt when that was, by the monotonic clock
   */
  constructor(timers: Pick<Timers, "monotonicNow">, leaseMs: number, askedAt: number) {
    this.#timers = timers;
    this.#spanMs = leaseMs * 0.9;
    this.#until = askedAt + this.#spanMs;
  }

  /** Whether it goes on. Once it was over it stays so: another node may have acted since. */
  get isValid(): boolean {
    this.#isOver ||= this.#timers.monotonicNow() >= this.#until;
    return !this.#isOver;
  }

  /** How long it still goes on, in milliseconds. */
  get leftMs(): number {
    return this.isValid ? this.#until - this.#timers.monotonicNow() : 0;
  }

  /** It was renewed. */
  extend(askedAt: number): void {
    if (this.isValid) {
      this.#until = Math.max(this.#until, askedAt + this.#spanMs);
    }
  }

  /** It is another node's, or was given back. */
  end(): void {
    this.#isOver = true;
  }
}
