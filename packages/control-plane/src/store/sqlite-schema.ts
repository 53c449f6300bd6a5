import type { DatabaseFormat } from "@flawless-ts/sqlite-thread";

/**
 * A claim needs the first pending job, of its type or of any, so there is a partial index for each. Triggers keep the counts,
 * because counting a million jobs would block the queue each time.
 */
const schema = `
  CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    payload TEXT NOT NULL,
    for_wasm INTEGER NOT NULL,
    for_firecracker INTEGER NOT NULL,
    worker_types TEXT NOT NULL,
    request_id TEXT NOT NULL,
    claimed_by TEXT,
    completed_by TEXT,
    worker_id TEXT,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    started_at REAL,
    error TEXT,
    retries INTEGER NOT NULL,
    claims INTEGER NOT NULL,
    progress TEXT
  ) STRICT;
  CREATE INDEX pending ON jobs (sequence) WHERE status = 'Pending';
  CREATE INDEX pending_wasm ON jobs (sequence) WHERE status = 'Pending' AND for_wasm = 1;
  CREATE INDEX pending_firecracker ON jobs (sequence)
    WHERE status = 'Pending' AND for_firecracker = 1;
  CREATE INDEX active ON jobs (worker_id, updated_at) WHERE status IN ('Claimed', 'InProgress');
  CREATE INDEX by_status ON jobs (status, sequence);
  CREATE TABLE counts (status TEXT PRIMARY KEY, jobs INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counts VALUES
    ('Pending', 0), ('Claimed', 0), ('InProgress', 0), ('Completed', 0), ('Failed', 0);
  CREATE TRIGGER job_added AFTER INSERT ON jobs BEGIN
    UPDATE counts SET jobs = jobs + 1 WHERE status = NEW.status;
  END;
  CREATE TRIGGER job_moved AFTER UPDATE OF status ON jobs WHEN OLD.status <> NEW.status BEGIN
    UPDATE counts SET jobs = jobs - 1 WHERE status = OLD.status;
    UPDATE counts SET jobs = jobs + 1 WHERE status = NEW.status;
  END;
  CREATE TABLE last_number (number INTEGER NOT NULL) STRICT;
  INSERT INTO last_number VALUES (-1);
  CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    name TEXT NOT NULL,
    registered_at REAL NOT NULL,
    last_heartbeat REAL NOT NULL,
    cpu_cores REAL,
    memory_mb REAL,
    metadata TEXT NOT NULL,
    jobs_completed INTEGER NOT NULL
  ) STRICT;
`;

/** The control plane's file. Its application id reads "FLCP". */
export const storeFormat: DatabaseFormat = { applicationId: 0x464c4350, schemaVersion: 1, schema };
