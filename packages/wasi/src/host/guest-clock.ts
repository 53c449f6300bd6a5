const maxTime = 2n ** 64n - 1n;

/** Where a guest's clock starts, and how it advances. */
export interface ClockSettings {
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  /** The nanoseconds by which each reading advances it. */
  readonly step: bigint;
}

/**
 * A guest's time, in nanoseconds. It stands still, except for readings, each of which advances it by a step so that a
 * guest that waits in a loop for time to pass gets out of it, and for sleeping, which takes no real time.
 */
export class GuestClock {
  readonly #start: bigint;
  readonly #step: bigint;
  #elapsed = 0n;

  constructor({ start, step }: ClockSettings) {
    this.#start = start;
    this.#step = step;
  }

  /** How long the guest runs, by its own clock. */
  get elapsed(): bigint {
    return this.#elapsed;
  }

  /** Since the Unix epoch. */
  get now(): bigint {
    return this.#start + this.#elapsed;
  }

  /** Advances the clock by a reading's step. */
  tick(): void {
    this.#moveTo(this.#elapsed + this.#step);
  }

  /** Advances to this elapsed time, unless it has already passed. */
  sleepUntil(elapsed: bigint): void {
    if (elapsed > this.#elapsed) this.#moveTo(elapsed);
  }

  /** Turns a time since the Unix epoch into one since the guest started. */
  sinceStart(time: bigint): bigint {
    return time - this.#start;
  }

  #moveTo(elapsed: bigint): void {
    // Past that, time would start over for a guest.
    const latest = maxTime - this.#start;
    this.#elapsed = elapsed < latest ? elapsed : latest;
  }
}
