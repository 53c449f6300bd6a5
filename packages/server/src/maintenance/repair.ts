import type { DatabaseSync } from "node:sqlite";
import { closeDatabase, nodeSqlite, openDatabase } from "@flawless-ts/sqlite-thread";
import { journalFormat } from "../store/sqlite/sqlite-schema.ts";
import { schemaOf } from "./check-file.ts";
import type { RepairKind } from "./findings.ts";

/** Repairs what can be repaired without a loss. The file must have been copied before. @throws Error of SQLite */
export function repair(file: string, kinds: ReadonlySet<RepairKind>): void {
  const database = openDatabase(file, journalFormat);
  try {
    if (kinds.has("indexes")) {
      makeMissingIndexes(database);
      database.exec("REINDEX");
    }
    if (kinds.has("wake-ups")) {
      // A workflow that is woken too early reads its journal and continues to wait.
      database.exec(`
        UPDATE workflows SET wake_at = NULL WHERE status <> 'running' AND wake_at IS NOT NULL;
        UPDATE workflows SET wake_at = 0, waiting = NULL
          WHERE status = 'running' AND wake_at IS NULL AND NOT coalesce(
            json_valid(waiting) AND waiting ->> 'on' = 'message' AND waiting ->> 'until' IS NULL, FALSE);
      `);
    }
  } finally {
    closeDatabase(database, file);
  }
}

function makeMissingIndexes(database: DatabaseSync): void {
  const found = schemaOf(database);
  using fresh = new nodeSqlite.DatabaseSync(":memory:");
  fresh.exec(journalFormat.schema);
  for (const [name, { type, sql }] of schemaOf(fresh)) {
    if (type === "index" && !found.has(name)) {
      database.exec(sql);
    }
  }
}
