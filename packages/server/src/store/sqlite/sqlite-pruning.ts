import type { DatabaseSync } from "node:sqlite";
import type { Statements } from "@flawless-ts/sqlite-thread";

/** The max size of the journals deleted in one transaction, besides the last journal: others wait for it to end. */
const maxBytes = 4 * 2 ** 20;
/** How many free pages leave the file in one transaction: 4 MiB. */
const maxPages = 1_024;

/** Deletes ended workflows from the tables. */
export class SqlitePruning {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  constructor(database: DatabaseSync, statements: Statements) {
    this.#database = database;
    this.#statements = statements;
  }

  /** Call it in a transaction. @returns how many workflows were deleted */
  prune(endedBefore: number, limit: number): number {
    // Created only here: servers that delete nothing then needn't update it whenever a workflow ends.
    this.#database.exec(
      "CREATE INDEX IF NOT EXISTS ends ON workflows (ended_at, id) WHERE ended_at IS NOT NULL",
    );
    const due = this.#statements
      .get(
        "SELECT id FROM workflows WHERE ended_at IS NOT NULL AND ended_at < ? " +
          "AND has_bound_children = 0 AND id < (SELECT max(id) FROM workflows) ORDER BY ended_at, id LIMIT ?",
      )
      .all(endedBefore, limit);
    let pruned = 0;
    for (let bytes = 0; pruned < due.length && bytes < maxBytes; pruned += 1) {
      bytes += this.#forget(Number(due[pruned]?.["id"]));
    }
    this.#database.exec(`PRAGMA incremental_vacuum(${maxPages})`);
    return pruned;
  }

  /** @returns the size of its journal */
  #forget(id: number): number {
    const size = this.#statements
      .get(
        "SELECT (SELECT coalesce(sum(octet_length(lines)), 0) FROM journal WHERE workflow = ?) + " +
          "coalesce((SELECT octet_length(lines) FROM journal_starts WHERE workflow = ?), 0) AS bytes",
      )
      .get(id, id);
    for (const sql of [
      "DELETE FROM journal WHERE workflow = ?",
      "DELETE FROM journal_starts WHERE workflow = ?",
      "DELETE FROM mailbox WHERE workflow = ?",
      "DELETE FROM notes WHERE workflow = ?",
      "DELETE FROM labels WHERE workflow = ?",
      "DELETE FROM workflows WHERE id = ?",
    ]) {
      this.#statements.get(sql).run(id);
    }
    return Number(size?.["bytes"] ?? 0);
  }
}
