import type { DatabaseSync } from "node:sqlite";
import { nodeSqlite } from "@flawless-ts/sqlite-thread";
import { journalFormat } from "../store/sqlite/sqlite-schema.ts";
import type { Findings } from "./findings.ts";

const maxFaults = 100;
/** SQLite's messages for an index that doesn't fit its table. Source: sqlite.org/pragma.html#pragma_integrity_check */
const onlyIndexes = /missing from index|wrong # of entries in index|non-unique entry in index/;

/** Checks the file on the level of SQLite: pages, indexes, tables. */
export function checkFile(database: DatabaseSync, findings: Findings): void {
  for (const row of database.prepare(`PRAGMA integrity_check(${maxFaults})`).all()) {
    const text = String(row["integrity_check"]);
    if (text !== "ok") {
      const what = `the file is damaged: ${text}`;
      findings.fault("the file is damaged", what, onlyIndexes.test(text) ? "indexes" : undefined);
    }
  }
  const found = schemaOf(database);
  using fresh = new nodeSqlite.DatabaseSync(":memory:");
  fresh.exec(journalFormat.schema);
  for (const [name, { type, sql }] of schemaOf(fresh)) {
    const is = found.get(name);
    if (is === undefined) {
      const repair = type === "index" ? "indexes" : undefined;
      findings.fault("something is missing", `the ${type} ${name} is missing`, repair);
    } else if (is.sql !== sql) {
      findings.fault(
        "something is different",
        `the ${type} ${name} is not as this version makes it`,
      );
    }
  }
}

/** The names and `CREATE` statements of tables and indexes. */
export function schemaOf(
  database: DatabaseSync,
): ReadonlyMap<string, { readonly type: string; readonly sql: string }> {
  const rows = database.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL");
  return new Map(
    rows
      .all()
      .map((row) => [String(row["name"]), { type: String(row["type"]), sql: String(row["sql"]) }]),
  );
}
