import { type Clock, setTimerBy } from "../time/clock.ts";

/**
 * The time of a database, shared by all nodes of a cluster: a workflow that sleeps until some time may continue on a
 * node whose own clock differs. Between two readings it advances like the machine's clock.
 */
export class DatabaseClock implements Clock {
  /** How many milliseconds the database is ahead of this machine. */
  readonly guestTime: BigInt64Array<SharedArrayBuffer> = new BigInt64Array(
    new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT),
  );
  readonly #machine: () => number;

  /** @param machine the machine's clock, in milliseconds since the Unix epoch */
  constructor(machine: () => number = Date.now) {
    this.#machine = machine;
  }

  now(): number {
    return this.#machine() + Number(Atomics.load(this.guestTime, 0));
  }

  setTimer(at: number, callback: () => void): () => void {
    return setTimerBy(this, at, callback);
  }

  /**
   * Adjusts the clock to the database's time, which was read between two readings of the machine's clock. It is
   * corrected only if it can't be right in between, so that clocks that agree don't change, however slow the response
   * is.
   *
   * @param ask reads the database's time, in milliseconds since the Unix epoch
   */
  async synchronise(ask: () => Promise<number>): Promise<void> {
    const askedAt = this.#machine();
    const time = await ask();
    const answeredAt = this.#machine();
    const ahead = Number(Atomics.load(this.guestTime, 0));
    if (answeredAt < askedAt || (ahead >= time - answeredAt - 1 && ahead <= time - askedAt + 1)) {
      return;
    }
    Atomics.store(this.guestTime, 0, BigInt(Math.round(time - (askedAt + answeredAt) / 2)));
  }
}
