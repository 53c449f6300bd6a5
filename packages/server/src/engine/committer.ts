import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { EngineError } from "../errors.ts";
import type { EngineObserver } from "./observing/index.ts";
import {
  FencedError,
  StoreWriteError,
  type WorkflowStore,
  type StoreWrite,
} from "../store/workflow-store.ts";
import { globalTimers, type Timers } from "../time/timers.ts";

/** Something with changes that the journal does not know yet. */
export interface Unsaved {
  /** Returns all changes since the last call. */
  takeWrites(): readonly StoreWrite[];
}

/** A transaction that waits for its turn to be written, with one promise for all who wait for it. */
interface Transaction {
  /** The objects whose changes it takes when it begins. */
  readonly unsaved: Set<Unsaved>;
  /** The changes that it has already taken. */
  readonly writes: StoreWrite[];
  readonly durable: PromiseWithResolvers<void>;
}

/**
 * How long changes that nobody waits for may stay in memory only, if transactions are grouped. They are saved at
 * multiples of this, so that engines with a common database save at the same time and their transactions share a
 * statement.
 */
const saveWithinMs = 10;
const firstRetryMs = 100;
const maxRetryMs = 5_000;

/**
 * Writes changes to the journal, one transaction after the other. All that is requested while one is under way goes
 * into the next one together, so that many workflows share one fsync. Requests never become durable out of order.
 */
export class Committer {
  readonly #store: WorkflowStore;
  readonly #grouped: boolean;
  readonly #observer: EngineObserver | undefined;
  readonly #timers: Timers;
  readonly #later = new ShortLivedMap<Unsaved, number>();
  /** Transactions that have not begun. */
  #queue: Transaction[] = [];
  /** The last one that was requested. */
  #latest: Promise<void> = Promise.resolve();
  /** The transaction of all commits while `together` runs. */
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
   * @param grouped false: each change that someone waits for has its own transaction, in the order of the requests, so
   * that the same workflow makes the same transactions
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

  /** The error of every commit from now on, or undefined. */
  get broken(): EngineError | undefined {
    return this.#broken;
  }

  /** Whether changes are on their way that someone waits for. */
  get busy(): boolean {
    return this.#running || this.#queue.length > 0;
  }

  /** @param callback called each time when nothing is under way any longer */
  onIdle(callback: () => void): void {
    this.#onIdle = callback;
  }

  /** @param callback called if the store has another owner, so that nothing can be saved any longer */
  onFenced(callback: () => void): void {
    this.#onFenced = callback;
  }

  /**
   * Saves the changes as soon as the transaction under way is over.
   * @returns a promise that settles once they are durable; while the journal can't be written, it retries
   * @throws EngineError `JOURNAL_DAMAGED` if a retry can't help; `CLOSED` after a stop, or if the store has another
   * owner
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
   * Makes all commits of a function one transaction, even if transactions are not grouped. For example, what one
   * workflow does to another.
   */
  together<Result>(work: () => Result): Result {
    if (
      this.#grouped ||
      this.#joined !== undefined ||
      this.#broken !== undefined ||
      this.#stopped
    ) {
      // All commits before the next turn of the event loop go into one transaction anyway.
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

  /** Settles once all changes so far are durable. */
  flush(): Promise<void> {
    if (this.#broken !== undefined) {
      return Promise.reject(this.#broken);
    }
    for (const unsaved of [...this.#later.keys()]) {
      this.commit(unsaved).catch(() => undefined);
    }
    return this.busy ? this.#latest : Promise.resolve();
  }

  /** Stops like a crash: what is not durable yet is lost, and those who wait for it get an error. */
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
   * Decides how much goes into one transaction: all that is requested until it begins, or, if transactions are not
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
      // At the end of this turn of the event loop, so that what other threads reported meanwhile is included.
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
      // Those who waited may have more to save, which goes into the next transaction.
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

  /** Ends early if the committer is stopped meanwhile. */
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
