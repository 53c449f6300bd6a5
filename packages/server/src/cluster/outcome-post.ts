import type { OutcomeTable, StoredOutcome } from "../store/postgres/index.ts";
import type { Clock } from "../time/clock.ts";
import type { Timers } from "../time/timers.ts";
import { RepeatedLook } from "./repeated-look.ts";

/** Options of {@link OutcomePost}. */
export interface OutcomePostOptions {
  readonly table: Pick<OutcomeTable, "find" | "put" | "remove">;
  /** The same time on all nodes. */
  readonly clock: Pick<Clock, "now">;
  readonly timers: Timers;
  /** The max time between two looks, in milliseconds. */
  readonly lookMs: number;
  /** Notifies other nodes of new outcomes. */
  say(): void;
  /** Called if the database is unavailable; once until it is available again. */
  onError(error: unknown): void;
}

interface Left {
  readonly outcome: StoredOutcome;
  readonly until: number;
  readonly over: () => void;
}

interface Awaited {
  readonly until: number;
  readonly found: PromiseWithResolvers<string | undefined>;
}

/** The max size of the texts in a statement (bytes), except if one alone is larger. */
const maxBytes = 8 * 2 ** 20;
/** The max number of outcomes in a statement. */
const maxAtOnce = 500;

/**
 * Brings outcomes of requests from the node that sent them to the node that owns the workflow's partition by then, through
 * a table in the partition's database. An outcome stays there until it is removed, so the next owner finds it, too.
 */
export class OutcomePost {
  readonly #options: OutcomePostOptions;
  readonly #following = new Set<Promise<void>>();
  readonly #left = new Map<string, Left>();
  readonly #awaited = new Map<string, Awaited>();
  readonly #removed = new Set<string>();
  readonly #looks: RepeatedLook;

  constructor(options: OutcomePostOptions) {
    this.#options = options;
    const { lookMs: everyMs, onError, timers } = options;
    const look = (): Promise<void> => this.#look();
    this.#looks = new RepeatedLook({
      timers,
      everyMs,
      look,
      goesOn: () => this.#hasWork,
      onError,
    });
  }

  /**
   * Stores an outcome once it is known.
   * @param until nobody wants it any more then (milliseconds since the Unix epoch)
   */
  follow(until: number, outcome: Promise<StoredOutcome | undefined>): void {
    const over = outcome
      .then((known) => (known === undefined ? undefined : this.#leave(known, until)))
      .finally(() => this.#following.delete(over));
    this.#following.add(over);
  }

  /**
   * Waits for an outcome.
   * @param until until when, in milliseconds since the Unix epoch. The database is asked once more then, however long
   * that takes.
   * @returns undefined if it has not come
   * @throws the signal's reason
   */
  async find(id: string, until: number, signal: AbortSignal): Promise<string | undefined> {
    signal.throwIfAborted();
    const awaited: Awaited = { until, found: Promise.withResolvers() };
    const abort = (): void => awaited.found.reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    this.#awaited.set(id, awaited);
    this.look();
    try {
      return await awaited.found.promise;
    } finally {
      signal.removeEventListener("abort", abort);
      if (this.#awaited.get(id) === awaited) {
        this.#awaited.delete(id);
      }
    }
  }

  /** Deletes an outcome that was found. */
  remove(id: string): void {
    this.#removed.add(id);
    this.look();
  }

  /** Looks for outcomes now, or once more if it is just looking. */
  look(): void {
    this.#looks.now();
  }

  /** Resolves once all outcomes that follow are stored, or nobody wants them any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#following);
  }

  close(): Promise<void> {
    return this.#looks.close();
  }

  get #hasWork(): boolean {
    return this.#left.size + this.#awaited.size + this.#removed.size > 0;
  }

  async #leave(outcome: StoredOutcome, until: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#left.set(outcome.id, { outcome, until, over: resolve });
    this.look();
    await promise;
  }

  async #look(): Promise<void> {
    try {
      await this.#put();
      await this.#find();
      await this.#remove();
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  async #put(): Promise<void> {
    const { say, table } = this.#options;
    while (this.#left.size > 0) {
      const some = this.#some();
      await table.put(some.map(({ outcome }) => outcome));
      for (const left of some) {
        this.#over(left);
      }
      say();
    }
  }

  /** As many of those to be stored as fit into a statement, but at least one. */
  #some(): readonly Left[] {
    const some: Left[] = [];
    let bytes = 0;
    for (const left of this.#left.values()) {
      bytes += left.outcome.text.length;
      if (some.length > 0 && (bytes > maxBytes || some.length === maxAtOnce)) {
        break;
      }
      some.push(left);
    }
    return some;
  }

  /** Forgets what could not be stored in time. */
  #giveUp(): void {
    const now = this.#options.clock.now();
    for (const left of this.#left.values()) {
      if (left.until <= now) {
        this.#over(left);
      }
    }
  }

  #over({ outcome, over }: Left): void {
    this.#left.delete(outcome.id);
    over();
  }

  async #find(): Promise<void> {
    const { clock, table } = this.#options;
    const askedAt = clock.now();
    const asked = [...this.#awaited];
    if (asked.length === 0) {
      return;
    }
    const found = await table.find(
      asked.map(([id]) => id),
      maxBytes,
    );
    const texts = new Map(found.map(({ id, text }) => [id, text]));
    for (const [id, awaited] of asked) {
      const text = texts.get(id);
      if (typeof text === "string") {
        awaited.found.resolve(text);
      } else if (text === undefined && awaited.until <= askedAt) {
        awaited.found.resolve(undefined);
      }
      if (text === null) {
        this.look();
      }
    }
  }

  async #remove(): Promise<void> {
    const removed = [...this.#removed];
    if (removed.length > 0) {
      await this.#options.table.remove(removed);
      for (const id of removed) {
        this.#removed.delete(id);
      }
    }
  }
}
