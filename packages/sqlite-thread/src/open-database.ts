import { DatabaseSync } from "node:sqlite";

/** What is in a file. */
export interface DatabaseFormat {
  /** Marks the file as one of ours: four letters; SQLite's own `file` command shows it. */
  readonly applicationId: number;
  readonly schemaVersion: number;
  /** The statements that make the tables. */
  readonly schema: string;
}

/**
 * Opens a database, and makes its tables if the file is new. A commit returns after fsync, and no other process can
 * open the file meanwhile. A new file can give space back, by `PRAGMA incremental_vacuum`.
 *
 * @throws Error where the file is of another program or of a newer version of this one; Error of SQLite, with its
 * number in `errcode`
 */
export function openDatabase(file: string, format: DatabaseFormat): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    prepare(database, format);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(
  database: DatabaseSync,
  { applicationId, schemaVersion, schema }: DatabaseFormat,
): void {
  database.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA temp_store = MEMORY;
  `);
  const application = readPragma(database, "application_id");
  const version = readPragma(database, "user_version");
  if (application === 0 && version === 0) {
    database.exec(`
      BEGIN EXCLUSIVE;
      ${schema}
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${schemaVersion};
      COMMIT;
    `);
  } else if (application !== applicationId) {
    throw new Error("the file is a database of another program");
  } else if (version !== schemaVersion) {
    throw new Error(
      `the file has format ${version}, but this version of the server reads format ${schemaVersion}`,
    );
  } else {
    // Takes the lock at once, not with the first write.
    database.exec("BEGIN EXCLUSIVE; COMMIT;");
  }
}

function readPragma(database: DatabaseSync, name: "application_id" | "user_version"): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
