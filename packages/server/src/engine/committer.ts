import { EngineError } from "../errors.ts";
import type { EngineObserver } from "./observing/index.ts";
import {
  FencedError,
  StoreWriteError,
  type WorkflowStore,
  type StoreWrite,
} from "../store/workflow-store.ts";
import { globalTimers, type Timers } from "../time/timers.ts";

/** Something that has changes which the journal does not know yet. */
export interface Unsaved {
  /** Hands over all changes since the last call. */
  takeWrites(): readonly StoreWrite[];
}

/** Waits for its turn until it is written; the same promise for all that wait for it. */
interface Transaction {
  /** Whose changes it takes when it begins. */
  readonly unsaved: Set<Unsaved>;
  /** What it has taken already. */
  readonly writes: StoreWrite[];
  readonly durable: PromiseWithResolvers<void>;
}

/**
 * How long changes that nobody waits for may stay in memory only, where transactions are grouped. They are saved at multiples
 * of that: engines that share a database do so at the same time, and their transactions share a statement.
 */
const saveWithinMs = 10;
const firstRetryMs = 100;
const maxRetryMs = 5_000;

/**
 * Writes changes to the journal, one transaction after the other: whatever was asked for while one
 * was under way goes into the next one together, so that many workflows share one fsync. What was
 * asked for earlier is never durable later.
 */
export class Committer {
  readonly #store: WorkflowStore;
  readonly #grouped: boolean;
  readonly #observer: EngineObserver | undefined;
  readonly #timers: Timers;
  readonly #later = new Map<Unsaved, number>();
  /** Those that have not begun. */
  #queue: Transaction[] = [];
  /** The last one that was asked for. */
  #latest: Promise<void> = Promise.resolve();
  /** What is asked for while `together` runs. */
  #joined: Transaction | undefined;
  #running = false;
  #stopped = false;
  #writeFailure: string | null = null;
  #broken: EngineError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #endPause: (() => void) | undefined;
  #onIdle: (() => void) | undefined;
  #onFenced: (() => void) | undefined;

  /**
   * @param grouped false: each change that someone waits for is a transaction of its own, in the order
   * in which they were asked for, so that the same workflow makes the same transactions
   */
  constructor(
    store: WorkflowStore,
    grouped: boolean,
    observer?: EngineObserver,
    timers: Timers = globalTimers,
  ) {
    this.#store = store;
    this.#timers = timers;
    this.#observer = observer;
    this.#grouped = grouped;
  }

  /** Why the journal can't be written at the moment, or null. */
  get writeFailure(): string | null {
    return this.#writeFailure;
  }

  /** What every commit fails with from now on, or undefined. */
  get broken(): EngineError | undefined {
    return this.#broken;
  }

  /** Whether changes are on their way that someone waits for. */
  get busy(): boolean {
    return this.#running || this.#queue.length > 0;
  }

  /** @param callback called each time when nothing is on its way any more */
  onIdle(callback: () => void): void {
    this.#onIdle = callback;
  }

  /** @param callback called where the store has another owner: nothing can be saved any more */
  onFenced(callback: () => void): void {
    this.#onFenced = callback;
  }

  /**
   * Saves the changes as soon as the transaction under way is over.
   * @returns settled once they are durable; while the journal can't be written, it goes on trying
   * @throws EngineError `JOURNAL_DAMAGED` where trying again can not help; `CLOSED` after a stop, or where the store has
   * another owner
   */
  commit(unsaved: Unsaved): Promise<void> {
    if (this.#broken !== undefined || this.#stopped) {
      return Promise.reject(this.#broken ?? stoppedError());
    }
    this.#later.delete(unsaved);
    const { unsaved: all, writes, durable } = this.#joined ?? this.#nextTransaction();
    if (this.#grouped || this.#joined !== undefined) {
      all.add(unsaved);
    } else {
      writes.push(...unsaved.takeWrites());
    }
    return durable.promise;
  }

  /**
   * Does something at whose end all that it commits is one transaction, also where transactions are not grouped: what one
   * workflow does to another, for instance.
   */
  together<Result>(work: () => Result): Result {
    if (
      this.#grouped ||
      this.#joined !== undefined ||
      this.#broken !== undefined ||
      this.#stopped
    ) {
      // Whatever is committed before the next turn of the event loop goes into one transaction anyway.
      return work();
    }
    const joined = this.#nextTransaction();
    this.#joined = joined;
    try {
      return work();
    } finally {
      this.#joined = undefined;
      for (const unsaved of joined.unsaved) {
        joined.writes.push(...unsaved.takeWrites());
      }
      joined.unsaved.clear();
    }
  }

  /** Saves the changes with the next transaction, or on its own within a few milliseconds. */
  soon(unsaved: Unsaved): void {
    if (this.#later.has(unsaved) || this.#queue.at(-1)?.unsaved.has(unsaved)) {
      return;
    }
    this.#later.set(unsaved, this.#timers.monotonicNow());
    if (this.#grouped) {
      const pastMs = this.#timers.monotonicNow() % saveWithinMs;
      this.#timer ??= this.#timers.setTimeout(() => {
        this.#timer = undefined;
        this.flush().catch(() => undefined);
      }, saveWithinMs - pastMs);
    }
  }

  /** Settled once all changes so far are durable. */
  flush(): Promise<void> {
    if (this.#broken !== undefined) {
      return Promise.reject(this.#broken);
    }
    for (const unsaved of [...this.#later.keys()]) {
      this.commit(unsaved).catch(() => undefined);
    }
    return this.busy ? this.#latest : Promise.resolve();
  }

  /** As a crash does: what is not durable yet is gone, and whoever waits for it is told so. */
  stop(): void {
    this.#stopped = true;
    this.#timers.clearTimeout(this.#timer);
    this.#later.clear();
    for (const { durable } of this.#queue.splice(0)) {
      durable.reject(stoppedError());
    }
    this.#endPause?.();
  }

  /**
   * The rule for how much goes into one transaction: all that is asked for until it begins, or, where they are not
   * grouped, one request.
   */
  #nextTransaction(): Transaction {
    const last = this.#queue.at(-1);
    if (this.#grouped && last !== undefined) {
      return last;
    }
    const next = {
      unsaved: new Set<Unsaved>(),
      writes: [],
      durable: Promise.withResolvers<void>(),
    };
    this.#queue.push(next);
    this.#latest = next.durable.promise;
    // Several callers may wait for it, or none.
    this.#latest.catch(() => undefined);
    if (!this.#running) {
      this.#running = true;
      // At the end of this turn of the event loop: what other threads reported meanwhile goes along.
      this.#timers.setImmediate(() => void this.#run());
    }
    return next;
  }

  async #run(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#take(next);
      try {
        await this.#write(next.writes);
        next.durable.resolve();
      } catch (error) {
        next.durable.reject(error);
      }
      // Whoever waited may have more to save: that goes into the next transaction.
      await new Promise<void>((resolve) => this.#timers.setImmediate(resolve));
    }
    this.#running = false;
    this.#onIdle?.();
  }

  #take({ unsaved, writes }: Transaction): void {
    for (const each of unsaved) {
      writes.push(...each.takeWrites());
    }
    if (!this.#grouped) {
      return;
    }
    const due = this.#timers.monotonicNow() - saveWithinMs;
    for (const [each, since] of this.#later) {
      if (since > due) {
        break;
      }
      this.#later.delete(each);
      writes.push(...each.takeWrites());
    }
  }

  async #write(writes: readonly StoreWrite[]): Promise<void> {
    for (let retryMs = firstRetryMs; writes.length > 0;) {
      if (this.#broken !== undefined || this.#stopped) {
        throw this.#broken ?? stoppedError();
      }
      try {
        await this.#commit(writes);
        this.#writeFailure = null;
        return;
      } catch (error) {
        this.#writeFailure = error instanceof Error ? error.message : String(error);
        if (error instanceof FencedError) {
          this.#broken = new EngineError("CLOSED", this.#writeFailure, { cause: error });
          this.#onFenced?.();
          throw this.#broken;
        }
        if (!(error instanceof StoreWriteError && error.retryable)) {
          this.#broken = new EngineError(
            "JOURNAL_DAMAGED",
            `The journal can't be written any more: ${this.#writeFailure}`,
            { cause: error },
          );
          throw this.#broken;
        }
      }
      await this.#pause(retryMs);
      retryMs = Math.min(retryMs * 2, maxRetryMs);
    }
  }

  async #commit(writes: readonly StoreWrite[]): Promise<void> {
    const startedAt = this.#timers.monotonicNow();
    await this.#store.commit(writes);
    this.#observer?.committed?.({
      milliseconds: this.#timers.monotonicNow() - startedAt,
      writes: writes.length,
      journalCharacters: writes.reduce(
        (sum, write) => sum + (write.kind === "append" ? write.lines.length : 0),
        0,
      ),
    });
  }

  /** Ends early where the committer is stopped meanwhile. */
  async #pause(milliseconds: number): Promise<void> {
    const pause = Promise.withResolvers<void>();
    const timer = this.#timers.setTimeout(pause.resolve, milliseconds);
    this.#endPause = pause.resolve;
    await pause.promise;
    this.#timers.clearTimeout(timer);
  }
}

function stoppedError(): EngineError {
  return new EngineError(
    "CLOSED",
    "The server was stopped before this was durable. Send it again when the server is back.",
  );
}
