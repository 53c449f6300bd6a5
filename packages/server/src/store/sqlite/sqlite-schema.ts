import type { DatabaseFormat } from "@flawless-ts/sqlite-thread";

/** Only workflows with labels have rows here; the index finds workflows with a label, ordered by id. */
const labels = `
  CREATE TABLE labels (
    workflow INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (workflow, name)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX labelled ON labels (name, value, workflow);
`;

const schedules = `
  CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
`;

/** Finds the children of a workflow, also those that have ended. */
const children = `
  CREATE INDEX children ON workflows (parent, id) WHERE parent IS NOT NULL;
`;

/**
 * What workflows run is stored once, in `kinds`, because many run the same. Columns of type `ANY` hold a text, or its
 * packed form (../packed): in a journal's row, that is several appends, from its position on. The first row of a
 * journal, which usually holds all of it, is found by its workflow alone; later rows are in `journal`. The root of a
 * workflow without a parent is null. A `wake_at` is set only while a workflow runs, and most lists ask for workflows
 * that are not completed: both indexes leave out completed workflows, which are the majority. Texts, which may be long,
 * come last, so that the other columns can be read without them.
 */
const workflows = `
  CREATE TABLE kinds (
    kind INTEGER PRIMARY KEY,
    module TEXT NOT NULL,
    version TEXT NOT NULL,
    module_hash TEXT NOT NULL,
    workflow TEXT NOT NULL,
    UNIQUE (module, version, workflow, module_hash)
  ) STRICT;
  CREATE TABLE workflows (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    created_at REAL NOT NULL,
    parent INTEGER,
    root INTEGER,
    depth INTEGER NOT NULL,
    detached INTEGER NOT NULL,
    bound INTEGER NOT NULL,
    idempotency_key TEXT,
    status TEXT NOT NULL,
    wake_at REAL,
    ended_at REAL,
    cancel_by REAL,
    run INTEGER NOT NULL,
    journal_start INTEGER NOT NULL,
    has_bound_children INTEGER NOT NULL,
    waiting TEXT,
    failure TEXT,
    response ANY,
    input ANY NOT NULL
  ) STRICT;
  CREATE INDEX wakeups ON workflows (wake_at, id) WHERE wake_at IS NOT NULL;
  CREATE INDEX unusual ON workflows (status, id) WHERE status <> 'completed';
  CREATE INDEX descendants ON workflows (root, id) WHERE parent IS NOT NULL AND status = 'running';
  CREATE INDEX bound ON workflows (parent, id) WHERE bound = 1 AND status = 'running';
  CREATE INDEX unbinding ON workflows (id) WHERE has_bound_children = 1 AND status <> 'running';
  CREATE UNIQUE INDEX idempotency_keys ON workflows (idempotency_key) WHERE idempotency_key IS NOT NULL;
  ${children}
  CREATE TABLE journal_starts (
    workflow INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    lines ANY NOT NULL
  ) STRICT;
  CREATE TABLE journal (
    workflow INTEGER NOT NULL,
    position INTEGER NOT NULL,
    lines ANY NOT NULL,
    PRIMARY KEY (workflow, position)
  ) STRICT;
`;

/**
 * Journals, mailboxes and notes are ordinary tables with an index: in tables without row ids, a row of a thousand bytes
 * would take a whole page.
 */
const schema = `
  ${workflows}
  CREATE TABLE mailbox (
    workflow INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    at REAL NOT NULL,
    update_number INTEGER,
    PRIMARY KEY (workflow, sequence)
  ) STRICT;
  CREATE TABLE notes (
    workflow INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (workflow, name)
  ) STRICT;
  CREATE TABLE modules (
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    hash TEXT NOT NULL,
    deployed_at REAL NOT NULL,
    inspection TEXT NOT NULL,
    PRIMARY KEY (name, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE module_bytes (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  ${labels}
  ${schedules}
`;

/** The tables of format 5, whose contents are moved once the file is open: see `MoveFrom5`. */
const setAside = `
  ALTER TABLE workflows RENAME TO workflows_5;
  ALTER TABLE journal RENAME TO journal_5;
  ${[
    "wakeups",
    "unusual",
    "descendants",
    "bound",
    "unbinding",
    "idempotency_keys",
    "children",
    "ends",
  ]
    .map((index) => `DROP INDEX IF EXISTS ${index};`)
    .join(" ")}
`;

/** The journal's file. Its application id reads "FLWL". */
export const journalFormat: DatabaseFormat = {
  applicationId: 0x464c574c,
  schemaVersion: 6,
  schema,
  upgrades: { 4: `${labels} ${schedules} ${children}`, 5: `${setAside} ${workflows}` },
};
