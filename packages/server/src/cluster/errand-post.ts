import { randomUUID } from "node:crypto";
import { ShortLivedMap, ShortLivedSet } from "@flawless-ts/wasm-module/internal";
import type { ErrandRow, ErrandTable } from "../store/postgres/index.ts";
import type { Timers } from "../time/timers.ts";
import { RepeatedLook } from "./repeated-look.ts";

/** Options of {@link ErrandPost}. */
export interface ErrandPostOptions {
  readonly table: Pick<ErrandTable, "answer" | "ask" | "forget" | "open" | "take">;
  readonly timers: Timers;
  /** The max time between two looks, in milliseconds. */
  readonly lookMs: number;
  /** How long an errand may have no answer before it is inserted again, in milliseconds. */
  readonly askAgainMs: number;
  /** The partitions of the database that run here. */
  here(): readonly number[];
  /**
   * Does an errand in a partition that runs here.
   * @returns its result, as JSON text
   * @throws Error if the result is unknown at the moment
   */
  run(partition: number, body: string): Promise<string>;
  /** Notifies other nodes of new errands or answers. */
  say(): void;
  /** Called if the database is unavailable; once until it is available again. */
  onError(error: unknown): void;
}

interface Waiting {
  readonly row: ErrandRow;
  readonly done: PromiseWithResolvers<string>;
  /** When it was last inserted, by the monotonic clock. */
  askedAt: number;
}

/** The max number of concurrent errands from other partitions. */
const maxAtOnce = 200;
const forgetEveryMs = 3_600_000;

/**
 * Delivers errands to the partitions of one database, and their answers back, through a table in that database, so that
 * nodes need not reach each other. An errand may be done more than once: see `Errands`.
 */
export class ErrandPost {
  readonly #options: ErrandPostOptions;
  readonly #waiting = new ShortLivedMap<string, Waiting>();
  readonly #running = new ShortLivedSet<string>();
  readonly #answers = new ShortLivedMap<string, string>();
  #forgotAt: number;
  readonly #looks: RepeatedLook;

  constructor(options: ErrandPostOptions) {
    this.#options = options;
    const { lookMs: everyMs, onError, timers } = options;
    this.#forgotAt = timers.monotonicNow();
    const look = (): Promise<void> => this.#look();
    this.#looks = new RepeatedLook({ timers, everyMs, look, onError });
  }

  /**
   * Sends an errand, and waits until it is done, however long it takes.
   * @param id the same each time that it is sent; null if the errand may be done twice
   * @returns its result, as JSON text
   * @throws the signal's reason
   */
  async send(
    partition: number,
    id: string | null,
    body: string,
    signal: AbortSignal,
  ): Promise<string> {
    const { here, run } = this.#options;
    if (here().includes(partition)) {
      try {
        return await run(partition, body);
      } catch {
        // The partition's next owner does it.
      }
    }
    signal.throwIfAborted();
    const row = { id: id ?? randomUUID(), partition, body };
    const waiting = { row, done: Promise.withResolvers<string>(), askedAt: -Infinity };
    const abort = (): void => waiting.done.reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.set(row.id, waiting);
    this.look();
    try {
      return await waiting.done.promise;
    } finally {
      signal.removeEventListener("abort", abort);
      if (this.#waiting.get(row.id) === waiting) {
        this.#waiting.delete(row.id);
      }
    }
  }

  /** Looks for work now, or once more if it is just looking. */
  look(): void {
    this.#looks.now();
  }

  close(): Promise<void> {
    return this.#looks.close();
  }

  async #look(): Promise<void> {
    await this.#ask();
    await this.#answer();
    await this.#take();
    await this.#begin();
    await this.#forget();
  }

  async #ask(): Promise<void> {
    const { askAgainMs, say, table, timers } = this.#options;
    const now = timers.monotonicNow();
    const due = [...this.#waiting.values()].filter(({ askedAt }) => now - askedAt >= askAgainMs);
    if (due.length > 0) {
      await table.ask(due.map(({ row }) => row));
      for (const each of due) {
        each.askedAt = now;
      }
      say();
    }
  }

  async #answer(): Promise<void> {
    const { say, table } = this.#options;
    const answers = [...this.#answers].map(([id, answer]) => ({ id, answer }));
    if (answers.length > 0) {
      await table.answer(answers);
      for (const { id } of answers) {
        this.#answers.delete(id);
        this.#running.delete(id);
      }
      say();
    }
  }

  async #take(): Promise<void> {
    if (this.#waiting.size > 0) {
      for (const { id, answer } of await this.#options.table.take([...this.#waiting.keys()])) {
        this.#waiting.get(id)?.done.resolve(answer);
      }
    }
  }

  async #begin(): Promise<void> {
    const { here, table } = this.#options;
    const partitions = here();
    const room = maxAtOnce - this.#running.size;
    if (partitions.length === 0 || room <= 0) {
      return;
    }
    const open = await table.open(partitions, [...this.#running], room);
    for (const row of open) {
      this.#running.add(row.id);
      void this.#run(row);
    }
  }

  async #run({ id, partition, body }: ErrandRow): Promise<void> {
    try {
      const answer = await this.#options.run(partition, body);
      this.#answers.set(id, answer);
      this.look();
    } catch {
      // It is found again, by the partition's next owner if it has changed.
      this.#running.delete(id);
    }
  }

  async #forget(): Promise<void> {
    const { table, timers } = this.#options;
    const now = timers.monotonicNow();
    if (now - this.#forgotAt >= forgetEveryMs) {
      this.#forgotAt = now;
      await table.forget();
    }
  }
}
