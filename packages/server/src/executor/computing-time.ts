/** A guest that is computing, and since when, in milliseconds since the Unix epoch. */
export interface ComputingGuest {
  readonly guest: number;
  readonly since: number;
}

interface Known extends ComputingGuest {
  readonly forMs: number;
}

/**
 * Measures how long guests compute without a host call, by checking periodically. At most `maxLookMs` count between
 * two checks: if a check is late, the machine was suspended, the process was stopped, or the processors were busy
 * with other work, and the guests didn't get that time either.
 */
export class ComputingTime<Thread extends object> {
  readonly #maxLookMs: number;
  readonly #known = new WeakMap<Thread, Known>();
  #lookedAt = -Infinity;
  #lookLastsMs = 0;

  constructor(maxLookMs: number) {
    this.#maxLookMs = maxLookMs;
  }

  /** Begins a check of all threads. */
  look(now: number): void {
    // The clock may be set back.
    this.#lookLastsMs = Math.min(Math.max(now - this.#lookedAt, 0), this.#maxLookMs);
    this.#lookedAt = now;
  }

  /** Call this once for each thread in a check. @returns how long it has computed, in milliseconds */
  of(thread: Thread, computing: ComputingGuest): number {
    const known = this.#known.get(thread);
    const goesOn = known?.guest === computing.guest && known.since === computing.since;
    const forMs = goesOn
      ? known.forMs + this.#lookLastsMs
      : Math.min(Math.max(this.#lookedAt - computing.since, 0), this.#lookLastsMs);
    this.#known.set(thread, { ...computing, forMs });
    return forMs;
  }
}
