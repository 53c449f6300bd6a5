import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { assertLogIsThere, mark, unmark } from "./log-marker.ts";
import { nodeSqlite } from "./node-sqlite.ts";

/** What is in a file. */
export interface DatabaseFormat {
  /** Marks the file as one of ours: four letters; SQLite's own `file` command shows it. */
  readonly applicationId: number;
  readonly schemaVersion: number;
  /** The statements that make the tables. */
  readonly schema: string;
  /**
   * By an older version, the statements that make the next one of it: a file of that version is brought up to date when it is
   * opened. Default: none.
   */
  readonly upgrades?: Readonly<Record<number, string>> | undefined;
}

/**
 * Opens a database, and makes its tables if the file is new. A commit returns after fsync, and no other process can
 * open the file meanwhile. A new file can give space back, by `PRAGMA incremental_vacuum`.
 *
 * @throws Error where the file is of another program or of a newer version of this one; Error of SQLite, with its
 * number in `errcode`
 */
export function openDatabase(file: string, format: DatabaseFormat): DatabaseSync {
  assertLogIsThere(file);
  const database = new nodeSqlite.DatabaseSync(file);
  try {
    prepare(database, format);
    mark(file);
    return database;
  } catch (error) {
    closeDatabase(database, file);
    throw error;
  }
}

/** Closes a database that `openDatabase` opened, and moves its write-ahead log into it. */
export function closeDatabase(database: DatabaseSync, file: string): void {
  try {
    const moved = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    if (moved?.["busy"] === 0) {
      // Before the log is removed: a process that is killed in between leaves an empty log, and no marker.
      unmark(file);
    }
  } catch {
    // On a full disk, for example: then the log stays.
  }
  database.close();
  if (!existsSync(`${file}-wal`)) {
    unmark(file);
  }
}

function prepare(
  database: DatabaseSync,
  { applicationId, schemaVersion, schema, upgrades = {} }: DatabaseFormat,
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
  } else if (version < schemaVersion && upgrades[version] !== undefined) {
    upgrade(database, version, schemaVersion, upgrades);
  } else if (version !== schemaVersion) {
    throw new Error(
      `the file has format ${version}, but this version of the server reads format ${schemaVersion}`,
    );
  } else {
    // Takes the lock at once, not with the first write.
    database.exec("BEGIN EXCLUSIVE; COMMIT;");
  }
}

/** All steps or none: a file is of one version or the other. */
function upgrade(
  database: DatabaseSync,
  from: number,
  to: number,
  upgrades: Readonly<Record<number, string>>,
): void {
  database.exec("BEGIN EXCLUSIVE");
  for (let version = from; version < to; version += 1) {
    database.exec(upgrades[version] ?? "");
  }
  database.exec(`PRAGMA user_version = ${to}; COMMIT;`);
}

function readPragma(database: DatabaseSync, name: "application_id" | "user_version"): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
