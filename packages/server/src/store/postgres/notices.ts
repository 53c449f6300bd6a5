import type { Timers } from "../../time/timers.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

const listenAgainMs = 1_000;

/**
 * Lets the nodes of a database tell each other that there is something to look for, by PostgreSQL's notifications. Nothing
 * depends on them: whoever hears none looks a little later. A pooler that gives each transaction another connection lets none
 * through.
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

  /** @param heard called with what another node, or this one, has said; "" where something may have been missed */
  constructor(database: PostgresDatabase, timers: Timers, heard: (notice: string) => void) {
    this.#database = database;
    this.#timers = timers;
    this.#heard = heard;
  }

  /** Begins to listen, and goes on with it whenever the connection was lost. Never fails. */
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

  /** Says something to all nodes, soon. */
  say(notice: string): void {
    this.#unsaid.add(notice);
    this.#saying ??= this.#say();
  }

  /** Settled once all that was said is on its way, or can't be said. */
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
    // What is said in the same turn goes in one statement.
    await Promise.resolve();
    while (this.#unsaid.size > 0 && !this.#isClosed) {
      const notices = [...this.#unsaid];
      this.#unsaid.clear();
      await this.#database.notify(notices).catch(() => undefined);
    }
    this.#saying = undefined;
  }
}
