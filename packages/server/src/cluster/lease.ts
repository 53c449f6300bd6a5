import type { Timers } from "../time/timers.ts";

/**
 * How long this process may act for a partition, by its own monotonic clock. It begins when it was requested from the
 * database and is a tenth shorter than there, so it is over here first.
 */
export class Lease {
  readonly #timers: Pick<Timers, "monotonicNow">;
  readonly #spanMs: number;
  #until: number;
  #isOver = false;

  /**
   * @param leaseMs the requested duration
   * @param askedAt when it was requested, by the monotonic clock
   */
  constructor(timers: Pick<Timers, "monotonicNow">, leaseMs: number, askedAt: number) {
    this.#timers = timers;
    this.#spanMs = leaseMs * 0.9;
    this.#until = askedAt + this.#spanMs;
  }

  /** Whether it is still valid. Once over, it stays over: another node may have acted since. */
  get isValid(): boolean {
    this.#isOver ||= this.#timers.monotonicNow() >= this.#until;
    return !this.#isOver;
  }

  /** How long it is still valid, in milliseconds. */
  get leftMs(): number {
    return this.isValid ? this.#until - this.#timers.monotonicNow() : 0;
  }

  /** The lease was renewed. */
  extend(askedAt: number): void {
    if (this.isValid) {
      this.#until = Math.max(this.#until, askedAt + this.#spanMs);
    }
  }

  /** The partition belongs to another node, or was given back. */
  end(): void {
    this.#isOver = true;
  }
}
