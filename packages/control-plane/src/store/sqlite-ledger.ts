import type { DatabaseSync } from "node:sqlite";
import { openDatabase, type SqliteStore } from "@flawless-ts/sqlite-thread";
import { Ledger } from "../queue/ledger.ts";
import { storeFormat } from "./sqlite-schema.ts";
import { SqliteTables } from "./sqlite-tables.ts";

/** The ledger on a SQLite file. It blocks its thread, so use it through `openSqliteStore`. */
export class SqliteLedger extends Ledger implements SqliteStore {
  readonly database: DatabaseSync;

  /** @throws Error from SQLite, with its code in `errcode` */
  constructor(file: string) {
    const database = openDatabase(file, storeFormat);
    super(new SqliteTables(database));
    this.database = database;
  }
}
