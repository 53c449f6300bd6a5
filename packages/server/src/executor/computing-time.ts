/** A guest that computes, and when it began to, in milliseconds since the Unix epoch. */
export interface ComputingGuest {
  readonly guest: number;
  readonly since: number;
}

interface Known extends ComputingGuest {
  readonly forMs: number;
}

/**
 * Measures for how long guests compute without a host call, by looking again and again. Between two looks no more counts
 * than `maxLookMs`: where looks are late, the machine was suspended, the process stopped, or the processors busy with
 * others, and the guests did not get that time either.
 */
export class ComputingTime<Thread extends object> {
  readonly #maxLookMs: number;
  readonly #known = new WeakMap<Thread, Known>();
  #lookedAt = -Infinity;
  #lookLastsMs = 0;

  constructor(maxLookMs: number) {
    this.#maxLookMs = maxLookMs;
  }

  /** Begins a look at all threads. */
  look(now: number): void {
    // The clock may be set back.
    this.#lookLastsMs = Math.min(Math.max(now - this.#lookedAt, 0), this.#maxLookMs);
    this.#lookedAt = now;
  }

  /** To be called once for each thread in a look. @returns for how long it computes, in milliseconds */
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
