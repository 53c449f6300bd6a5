import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Prepares each statement once. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #known = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @param sql one of a limited number of texts, because statements are kept forever */
  get(sql: string): StatementSync {
    const known = this.#known.get(sql);
    if (known !== undefined) {
      return known;
    }
    const statement = this.#database.prepare(sql);
    this.#known.set(sql, statement);
    return statement;
  }
}
