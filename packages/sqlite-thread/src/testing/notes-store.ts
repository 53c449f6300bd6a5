import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../open-database.ts";
import type { SqliteStore } from "../serve-sqlite.ts";

/** A store for tests: a list of texts. */
export class NotesStore implements SqliteStore {
  readonly database: DatabaseSync;

  constructor(file: string) {
    this.database = openDatabase(file, {
      applicationId: 0x464c5445,
      schemaVersion: 1,
      schema: "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;",
    });
  }

  /** @returns the number of added texts */
  add(texts: readonly string[]): number {
    for (const text of texts) {
      this.database.prepare("INSERT INTO notes (text) VALUES (?)").run(text);
    }
    return texts.length;
  }

  texts(): readonly string[] {
    return this.database
      .prepare("SELECT text FROM notes ORDER BY id")
      .all()
      .map((row) => String(row["text"]));
  }

  isInTransaction(): boolean {
    return this.database.isTransaction;
  }
}
