import { createHash } from "node:crypto";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { StoredWorkflow } from "../store/workflow-store.ts";

/** The tables of format 4; format 5 added those below. */
const tables = `
  CREATE TABLE workflows (
    id INTEGER PRIMARY KEY, module TEXT NOT NULL, version TEXT NOT NULL, module_hash TEXT NOT NULL,
    workflow TEXT NOT NULL, input TEXT NOT NULL, created_at REAL NOT NULL, parent INTEGER, root INTEGER NOT NULL,
    depth INTEGER NOT NULL, detached INTEGER NOT NULL, idempotency_key TEXT, status TEXT NOT NULL, wake_at REAL,
    waiting TEXT, response TEXT, ended_at REAL, failure TEXT, cancel_by REAL, run INTEGER NOT NULL,
    journal_start INTEGER NOT NULL, has_bound_children INTEGER NOT NULL, bound INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX wakeups ON workflows (wake_at, id) WHERE wake_at IS NOT NULL;
  CREATE INDEX unusual ON workflows (status, id) WHERE status <> 'completed';
  CREATE INDEX descendants ON workflows (root, id) WHERE parent IS NOT NULL AND status = 'running';
  CREATE INDEX bound ON workflows (parent, id) WHERE bound = 1 AND status = 'running';
  CREATE INDEX unbinding ON workflows (id) WHERE has_bound_children = 1 AND status <> 'running';
  CREATE UNIQUE INDEX idempotency_keys ON workflows (idempotency_key) WHERE idempotency_key IS NOT NULL;
  CREATE TABLE journal (
    workflow INTEGER NOT NULL, position INTEGER NOT NULL, lines TEXT NOT NULL, PRIMARY KEY (workflow, position)
  ) STRICT;
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
`;
const addedByFormat5 = `
  CREATE TABLE labels (
    workflow INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (workflow, name)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX labelled ON labels (name, value, workflow);
  CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX children ON workflows (parent, id) WHERE parent IS NOT NULL;
  CREATE INDEX ends ON workflows (ended_at, id) WHERE ended_at IS NOT NULL;
`;

/** A workflow with its appends, in order. */
export interface OldWorkflow {
  readonly workflow: StoredWorkflow;
  readonly appends: readonly string[];
}

/** Writes a journal file like servers with format 4 or 5 did, with labels in format 5. */
export function writeOldFormat(
  file: string,
  format: 4 | 5,
  workflows: readonly OldWorkflow[],
  modules: readonly Uint8Array[],
): void {
  using database = new DatabaseSync(file);
  database.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; BEGIN; ${tables}`);
  if (format === 5) {
    database.exec(addedByFormat5);
  }
  const row = database.prepare(`INSERT INTO workflows VALUES (${"?, ".repeat(22)}?)`);
  const append = database.prepare("INSERT INTO journal VALUES (?, ?, ?)");
  for (const { workflow, appends } of workflows) {
    row.run(...columnsOf(workflow));
    appends.forEach((lines, index) =>
      append.run(workflow.id, workflow.journalStart + index, lines),
    );
    if (format === 5) {
      const label = database.prepare("INSERT INTO labels VALUES (?, ?, ?)");
      Object.entries(workflow.labels).forEach(([name, value]) =>
        label.run(workflow.id, name, value),
      );
    }
  }
  const module = database.prepare("INSERT INTO module_bytes VALUES (?, ?)");
  for (const bytes of modules) {
    module.run(createHash("sha256").update(bytes).digest("hex"), bytes);
  }
  database.exec(`PRAGMA application_id = 0x464c574c; PRAGMA user_version = ${format}; COMMIT`);
}

function columnsOf(w: StoredWorkflow): readonly SQLInputValue[] {
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  return [
    ...[
      w.id,
      w.module,
      w.version,
      w.moduleHash,
      w.workflow,
      w.input,
      w.createdAt,
      w.parent,
      w.root,
    ],
    ...[w.depth, w.detached ? 1 : 0, w.idempotencyKey, w.status, w.wakeAt, json(w.waiting)],
    ...[w.response, w.endedAt, json(w.failure), w.cancelBy, w.run, w.journalStart],
    ...[w.hasBoundChildren ? 1 : 0, w.bound ? 1 : 0],
  ];
}
