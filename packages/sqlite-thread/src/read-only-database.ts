import { existsSync, rmSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { nodeSqlite } from "./node-sqlite.ts";

/**
 * A database that no server has open, for reading only: not even its write-ahead log is moved into it. Blocks its thread.
 * Dispose of it to close it; that removes the files that SQLite creates even for reading, and no others.
 */
export class ReadOnlyDatabase implements Disposable {
  readonly database: DatabaseSync;
  readonly #made: readonly string[];
  #isOpen = true;

  /** @throws Error of SQLite, with its number in `errcode` */
  constructor(file: string) {
    this.#made = [`${file}-shm`, `${file}-wal`].filter((name) => !existsSync(name));
    this.database = new nodeSqlite.DatabaseSync(file, { readOnly: true });
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) {
      return;
    }
    this.#isOpen = false;
    this.database.close();
    for (const name of this.#made) {
      if (name.endsWith("-shm") || statSync(name, { throwIfNoEntry: false })?.size === 0) {
        rmSync(name, { force: true });
      }
    }
  }
}
