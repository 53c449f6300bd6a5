import type { DatabaseSync } from "node:sqlite";
import { openDatabase, type SqliteStore } from "@flawless-ts/sqlite-thread";
import { Ledger } from "../queue/ledger.ts";
import { storeFormat } from "./sqlite-schema.ts";
import { SqliteTables } from "./sqlite-tables.ts";

/** The ledger on a SQLite file. It blocks the thread that it is in: use it through `openSqliteStore`. */
export class SqliteLedger extends Ledger implements SqliteStore {
  readonly database: DatabaseSync;

  /** @throws Error of SQLite, with its number in `errcode` */
  constructor(file: string) {
    const database = openDatabase(file, storeFormat);
    super(new SqliteTables(database));
    this.database = database;
  }
}
