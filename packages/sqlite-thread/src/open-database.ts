import { existsSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { assertLogIsThere, mark, unmark } from "./log-marker.ts";
import { nodeSqlite } from "./node-sqlite.ts";

/** The format of a file. */
export interface DatabaseFormat {
  /** Marks the file as one of ours: four letters, which the `file` command shows. */
  readonly applicationId: number;
  readonly schemaVersion: number;
  /** The statements that create the tables. */
  readonly schema: string;
  /**
   * By older version, the statements that upgrade a file to the next version. A file of such a version is upgraded
   * when it is opened. Default: none.
   */
  readonly upgrades?: Readonly<Record<number, string>> | undefined;
}

/**
 * Opens a database, and creates its tables if the file is new. A commit returns after fsync, and no other process can
 * open the file meanwhile. A new file can release space with `PRAGMA incremental_vacuum`.
 *
 * @throws Error if the file belongs to another program or to a newer version of this one; Error of SQLite, with its
 * number in `errcode`
 */
export function openDatabase(file: string, format: DatabaseFormat): DatabaseSync {
  assertLogIsThere(file);
  const database = new nodeSqlite.DatabaseSync(file);
  try {
    prepare(database, format);
    // Of a reader that was killed. Nobody else has the file open, and a connection with exclusive access uses none.
    rmSync(`${file}-shm`, { force: true });
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
      // Before the log is removed, so that a process killed in between leaves an empty log and no marker.
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
    // Takes the lock immediately, not with the first write.
    database.exec("BEGIN EXCLUSIVE; COMMIT;");
  }
}

/** Does all steps or none, so that a file always has one version or the other. */
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
