import type { DatabaseSync } from "node:sqlite";

/** Marks the file as one of ours ("FLWL"); SQLite's own `file` command shows it. */
const applicationId = 0x464c574c;
const schemaVersion = 1;

/**
 * A `wake_at` is set only while a workflow runs, and most listings ask for what is not completed: both
 * indexes leave out finished workflows, which are the many.
 */
const schema = `
  CREATE TABLE workflows (
    id INTEGER PRIMARY KEY,
    module TEXT NOT NULL,
    version TEXT NOT NULL,
    module_hash TEXT NOT NULL,
    workflow TEXT NOT NULL,
    input TEXT NOT NULL,
    created_at REAL NOT NULL,
    parent INTEGER,
    idempotency_key TEXT,
    status TEXT NOT NULL,
    wake_at REAL,
    waiting TEXT,
    response TEXT,
    ended_at REAL,
    failure TEXT
  ) STRICT;
  CREATE INDEX wakeups ON workflows (wake_at, id) WHERE wake_at IS NOT NULL;
  CREATE INDEX unusual ON workflows (status, id) WHERE status <> 'completed';
  CREATE UNIQUE INDEX idempotency_keys ON workflows (idempotency_key) WHERE idempotency_key IS NOT NULL;
  CREATE TABLE journal (
    workflow INTEGER NOT NULL,
    position INTEGER NOT NULL,
    lines TEXT NOT NULL,
    PRIMARY KEY (workflow, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE mailbox (
    workflow INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (workflow, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE modules (
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    hash TEXT NOT NULL,
    deployed_at REAL NOT NULL,
    PRIMARY KEY (name, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE module_bytes (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
`;

/**
 * Prepares the connection: a commit returns after fsync, and no other process can open the file
 * meanwhile. Creates the tables in a new file.
 * @throws Error where the file is of another program or of a newer version of this one
 */
export function prepareDatabase(database: DatabaseSync): void {
  database.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
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
