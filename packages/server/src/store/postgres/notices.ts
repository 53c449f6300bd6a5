import type { Timers } from "../../time/timers.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

const listenAgainMs = 1_000;

/**
 * Lets the nodes of a database tell each other that there is something to look for, using PostgreSQL's notifications.
 * Nothing depends on them: a node that misses one looks a little later. A pooler that gives each transaction another
 * connection lets none through.
 */
export class Notices {
  readonly #database: PostgresDatabase;
  readonly #timers: Timers;
  readonly #heard: (notice: string) => void;
  readonly #unsaid = new Set<string>();
  #saying: Promise<void> | undefined;
  #leave: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param heard called with each notice from another node or this one; "" if some may have been missed */
  constructor(database: PostgresDatabase, timers: Timers, heard: (notice: string) => void) {
    this.#database = database;
    this.#timers = timers;
    this.#heard = heard;
  }

  /** Starts listening, and does so again whenever the connection is lost. Never fails. */
  async begin(): Promise<void> {
    if (this.#isClosed) {
      return;
    }
    const lost = (): void => {
      this.#leave = undefined;
      this.#timer ??= this.#timers.setTimeout(() => {
        this.#timer = undefined;
        void this.begin();
      }, listenAgainMs);
      this.#timer.unref?.();
    };
    try {
      const leave = await this.#database.listen(this.#heard, lost);
      this.#leave = leave;
      if (this.#isClosed) {
        this.close();
      }
      this.#heard("");
    } catch {
      lost();
    }
  }

  /** Sends a notice to all nodes soon. */
  say(notice: string): void {
    this.#unsaid.add(notice);
    this.#saying ??= this.#say();
  }

  /** Resolves once all notices were sent, or could not be. */
  async said(): Promise<void> {
    await this.#saying;
  }

  close(): void {
    this.#isClosed = true;
    this.#timers.clearTimeout(this.#timer);
    this.#leave?.();
    this.#leave = undefined;
  }

  async #say(): Promise<void> {
    // Notices of the same turn of the event loop share a statement.
    await Promise.resolve();
    while (this.#unsaid.size > 0 && !this.#isClosed) {
      const notices = [...this.#unsaid];
      this.#unsaid.clear();
      await this.#database.notify(notices).catch(() => undefined);
    }
    this.#saying = undefined;
  }
}
