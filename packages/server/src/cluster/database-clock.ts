import { type Clock, setTimerBy } from "../time/clock.ts";

/**
 * The time of a database, as all nodes of a cluster have it: a workflow that sleeps until some moment may go on at a node
 * whose own clock is another. Between two readings it goes as the machine's clock does.
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
   * Follows the database. It was asked and has answered between two moments of the machine's clock: only a time that can't
   * be right by them is corrected, so that clocks that agree are left alone, however slow the answers are.
   *
   * @param ask for the database's time, in milliseconds since the Unix epoch
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
