import type { ControlPlane } from "@flawless-ts/sdk";

interface Given {
  /** When it was asked for: not later than it was given. */
  readonly asked: number;
  readonly answered: number;
}

/** What callers of control planes were told, to be compared with what became of it. Times are milliseconds of this process. */
export class Record {
  readonly #leaseMs: number;
  readonly #published = new Set<string>();
  readonly #given = new Map<string, Given[]>();
  readonly #ended = new Map<string, number>();
  readonly #elsewhere = new Set<string>();

  /** @param leaseMs for how long a job that was given to somebody is theirs */
  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** The ids of jobs that were taken. */
  get acknowledgedIds(): readonly string[] {
    return [...this.#published];
  }

  /** How many answers were good. */
  get acknowledged(): number {
    return this.#published.size + this.#ended.size;
  }

  /** How many jobs were taken, and have not ended as far as is known. */
  get open(): number {
    return this.#published.size - this.#ended.size - this.#elsewhere.size;
  }

  /** Jobs that were given again before the lease of the one before was over. */
  get givenTwiceWithinLease(): readonly string[] {
    return [...this.#given].flatMap(([id, given]) => {
      const inOrder = given.toSorted((one, other) => one.answered - other.answered);
      const early = inOrder.some(
        (next, index) =>
          index > 0 && next.answered < (inOrder[index - 1]?.asked ?? 0) + this.#leaseMs,
      );
      return early ? [id] : [];
    });
  }

  /** Jobs that were given though their end was acknowledged before somebody asked. */
  get givenAfterEnd(): readonly string[] {
    return [...this.#given].flatMap(([id, given]) =>
      given.some(({ asked }) => asked > (this.#ended.get(id) ?? Infinity)) ? [id] : [],
    );
  }

  async published(id: string, publish: () => Promise<unknown>): Promise<void> {
    if (await succeeds(publish)) this.#published.add(id);
  }

  /** Somebody else has done it. */
  doneElsewhere(id: string): void {
    if (!this.#ended.has(id)) this.#elsewhere.add(id);
  }

  /** @returns the job's id; null where there was none, or no answer */
  async claimed(claim: () => ReturnType<ControlPlane["claim"]>): Promise<string | null> {
    const asked = performance.now();
    const job = await claim().catch(() => null);
    if (job === null) return null;
    const given = this.#given.get(job.id) ?? [];
    this.#given.set(job.id, [...given, { asked, answered: performance.now() }]);
    return job.id;
  }

  async completed(id: string, complete: () => Promise<unknown>): Promise<void> {
    if (await succeeds(complete)) this.#ended.set(id, performance.now());
  }
}

async function succeeds(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch {
    return false;
  }
}
