import { EngineError } from "../errors.ts";
import { JournalWriteError, type Journal, type JournalWrite } from "../journal/journal.ts";

/** Something that has changes which the journal does not know yet. */
export interface Unsaved {
  /** Hands over all changes since the last call. */
  takeWrites(): readonly JournalWrite[];
}

/** How long changes that nobody waits for may stay in memory only, where transactions are grouped. */
const saveWithinMs = 10;
const firstRetryMs = 100;
const longestRetryMs = 5_000;

/**
 * Writes changes to the journal, one transaction after the other: whatever was asked for while one
 * was under way goes into the next one together, so that many workflows share one fsync. What was
 * asked for earlier is never durable later.
 */
export class Committer {
  readonly #journal: Journal;
  readonly #grouped: boolean;
  readonly #now = new Set<Unsaved>();
  readonly #later = new Map<Unsaved, number>();
  #next: PromiseWithResolvers<void> | undefined;
  /** Settled when all transactions are written that are not grouped. */
  #separate: Promise<unknown> = Promise.resolve();
  #separateCount = 0;
  #running = false;
  #stopped = false;
  #trouble: string | null = null;
  #broken: EngineError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #endPause: (() => void) | undefined;
  #onIdle: (() => void) | undefined;

  /**
   * @param grouped false: each change that someone waits for is a transaction of its own, in the order
   * in which they were asked for, so that the same workflow makes the same transactions
   */
  constructor(journal: Journal, grouped: boolean) {
    this.#journal = journal;
    this.#grouped = grouped;
  }

  /** Why the journal can't be written at the moment, or null. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** What every commit fails with from now on, or undefined. */
  get broken(): EngineError | undefined {
    return this.#broken;
  }

  /** Whether changes are on their way that someone waits for. */
  get busy(): boolean {
    return this.#running || this.#next !== undefined || this.#separateCount > 0;
  }

  /** @param callback called each time when nothing is on its way any more */
  onIdle(callback: () => void): void {
    this.#onIdle = callback;
  }

  /**
   * Saves the changes as soon as the transaction under way is over.
   * @returns settled once they are durable; while the journal can't be written, it goes on trying
   * @throws EngineError `JOURNAL_DAMAGED` where trying again is of no use; `CLOSED` after a stop
   */
  commit(unsaved: Unsaved): Promise<void> {
    if (this.#broken !== undefined || this.#stopped) {
      return Promise.reject(this.#broken ?? stoppedError());
    }
    this.#later.delete(unsaved);
    if (!this.#grouped) {
      return this.#writeSeparately(unsaved.takeWrites());
    }
    this.#now.add(unsaved);
    return this.#schedule();
  }

  /** Saves the changes with the next transaction, or on its own within a few milliseconds. */
  soon(unsaved: Unsaved): void {
    if (this.#now.has(unsaved) || this.#later.has(unsaved)) {
      return;
    }
    this.#later.set(unsaved, performance.now());
    if (this.#grouped) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.flush().catch(() => undefined);
      }, saveWithinMs);
    }
  }

  /** Settled once all changes so far are durable. */
  flush(): Promise<void> {
    if (!this.#grouped) {
      const waiting = [...this.#later.keys()];
      return Promise.all(waiting.map((unsaved) => this.commit(unsaved))).then(async () => {
        await this.#separate;
      });
    }
    for (const unsaved of this.#later.keys()) {
      this.#now.add(unsaved);
    }
    this.#later.clear();
    if (this.#broken !== undefined) {
      return Promise.reject(this.#broken);
    }
    return this.#now.size > 0 || this.busy ? this.#schedule() : Promise.resolve();
  }

  /** As a crash does: what is not durable yet is gone, and whoever waits for it is told so. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#now.clear();
    this.#later.clear();
    this.#next?.reject(stoppedError());
    this.#next = undefined;
    this.#endPause?.();
  }

  #writeSeparately(writes: readonly JournalWrite[]): Promise<void> {
    this.#separateCount += 1;
    const written = this.#separate.then(() => this.#write(writes));
    const settled = (): void => {
      this.#separateCount -= 1;
      if (!this.busy) {
        this.#onIdle?.();
      }
    };
    this.#separate = written.then(settled, settled);
    return written;
  }

  #schedule(): Promise<void> {
    if (this.#next === undefined) {
      this.#next = Promise.withResolvers<void>();
      // Several callers may wait for it, or none.
      this.#next.promise.catch(() => undefined);
      if (!this.#running) {
        this.#running = true;
        // At the end of this turn of the event loop: what other threads reported meanwhile goes along.
        setImmediate(() => void this.#run());
      }
    }
    return this.#next.promise;
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined && !this.#stopped) {
      const { resolve, reject } = this.#next;
      this.#next = undefined;
      const writes = this.#take();
      try {
        await this.#write(writes);
        resolve();
      } catch (error) {
        reject(error);
      }
      // Whoever waited may have more to save: that goes into the next transaction.
      await new Promise(setImmediate);
    }
    this.#running = false;
    this.#onIdle?.();
  }

  #take(): readonly JournalWrite[] {
    const writes: JournalWrite[] = [];
    for (const unsaved of this.#now) {
      writes.push(...unsaved.takeWrites());
    }
    this.#now.clear();
    const due = performance.now() - saveWithinMs;
    for (const [unsaved, since] of this.#later) {
      if (since > due) {
        break;
      }
      this.#later.delete(unsaved);
      writes.push(...unsaved.takeWrites());
    }
    return writes;
  }

  async #write(writes: readonly JournalWrite[]): Promise<void> {
    for (let retryMs = firstRetryMs; writes.length > 0;) {
      if (this.#stopped) {
        throw stoppedError();
      }
      try {
        await this.#journal.commit(writes);
        this.#trouble = null;
        return;
      } catch (error) {
        this.#trouble = error instanceof Error ? error.message : String(error);
        if (!(error instanceof JournalWriteError && error.retryable)) {
          this.#broken = new EngineError(
            "JOURNAL_DAMAGED",
            `the journal can't be written any more: ${this.#trouble}`,
            { cause: error },
          );
          throw this.#broken;
        }
      }
      await this.#pause(retryMs);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    }
  }

  /** Ends early where the committer is stopped meanwhile. */
  async #pause(milliseconds: number): Promise<void> {
    const pause = Promise.withResolvers<void>();
    const timer = setTimeout(pause.resolve, milliseconds);
    this.#endPause = pause.resolve;
    await pause.promise;
    clearTimeout(timer);
  }
}

function stoppedError(): EngineError {
  return new EngineError("CLOSED", "the server was stopped before this was durable");
}
