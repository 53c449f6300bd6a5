/** The schema version that this version of the program creates and understands. */
export const schemaVersion = 2;

/** Quotes an SQL identifier, whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The labels of a row of `workflows`, as a column. */
export function labelsColumn(schema: string): string {
  return `(SELECT json_object_agg(l.name, l.value ORDER BY l.name COLLATE "C")::text FROM ${schema}.labels l WHERE l.workflow = workflows.id) AS labels`;
}

/**
 * The steps from an empty schema to the newest, in order: the first makes version 1, and so on. A released step never
 * changes.
 *
 * - `partitions` says who owns a partition, and until when, by the database's clock. `fences` has what each commit
 *   checks and counts. They are separate, so that renewing leases and commits never wait for each other.
 * - All indexes begin with the partition, because an engine sees only one; lists of a whole database merge them.
 * - `errands` has requests of workflows to those in this database's partitions, while in transit: see `ErrandTable`. It also
 *   has outcomes of requests that a partition's former owner sent: see `OutcomeTable`.
 * - `moved_keys` has idempotency keys of workflows that were copied from elsewhere, and are not in the partitions that
 *   their keys belong to.
 * - A `wake_at` is set only while a workflow runs, and most lists ask for workflows that are not completed: those
 *   indexes leave out completed workflows, which are the majority.
 * - Idempotency keys are compared byte by byte, so that an index finds a prefix.
 * - Only workflows with labels have rows in `labels`.
 */
export function migrations(schema: string): readonly string[] {
  const s = quoted(schema);
  return [
    `
    CREATE TABLE ${s}.settings (name text PRIMARY KEY, value text NOT NULL);
    CREATE TABLE ${s}.nodes (
      id text PRIMARY KEY,
      url text NOT NULL,
      started_at timestamptz NOT NULL,
      heartbeat_at timestamptz NOT NULL
    );
    CREATE TABLE ${s}.partitions (
      partition integer PRIMARY KEY,
      owner text,
      epoch bigint NOT NULL DEFAULT 0,
      expires_at timestamptz
    );
    CREATE TABLE ${s}.fences (
      partition integer PRIMARY KEY,
      epoch bigint NOT NULL DEFAULT 0,
      number bigint NOT NULL DEFAULT 0,
      token bigint NOT NULL DEFAULT 0
    ) WITH (fillfactor = 20);
    CREATE TABLE ${s}.workflows (
      partition integer NOT NULL,
      id bigint NOT NULL,
      module text NOT NULL,
      version text NOT NULL,
      module_hash text NOT NULL,
      workflow text NOT NULL,
      input text NOT NULL,
      created_at double precision NOT NULL,
      parent bigint,
      root bigint NOT NULL,
      depth integer NOT NULL,
      detached boolean NOT NULL,
      idempotency_key text,
      status text NOT NULL,
      wake_at double precision,
      waiting text,
      response text,
      ended_at double precision,
      failure text,
      cancel_by double precision,
      run integer NOT NULL,
      journal_start integer NOT NULL,
      has_bound_children boolean NOT NULL,
      bound boolean NOT NULL,
      PRIMARY KEY (partition, id)
    );
    CREATE INDEX wakeups ON ${s}.workflows (partition, wake_at, id) WHERE wake_at IS NOT NULL;
    CREATE INDEX unusual ON ${s}.workflows (partition, status, id) WHERE status <> 'completed';
    CREATE INDEX descendants ON ${s}.workflows (partition, root, id)
      WHERE parent IS NOT NULL AND status = 'running';
    CREATE INDEX bound ON ${s}.workflows (partition, parent, id) WHERE bound AND status = 'running';
    CREATE INDEX unbinding ON ${s}.workflows (partition, id)
      WHERE has_bound_children AND status <> 'running';
    CREATE UNIQUE INDEX idempotency_keys ON ${s}.workflows (partition, idempotency_key)
      WHERE idempotency_key IS NOT NULL;
    CREATE TABLE ${s}.moved_keys (key text PRIMARY KEY, workflow bigint NOT NULL);
    CREATE INDEX moved_keys_workflow ON ${s}.moved_keys (workflow);
    CREATE INDEX ends ON ${s}.workflows (partition, ended_at, id) WHERE ended_at IS NOT NULL;
    CREATE TABLE ${s}.journal (
      workflow bigint NOT NULL,
      position integer NOT NULL,
      lines text NOT NULL,
      PRIMARY KEY (workflow, position)
    );
    CREATE TABLE ${s}.mailbox (
      workflow bigint NOT NULL,
      sequence bigint NOT NULL,
      type text NOT NULL,
      data text NOT NULL,
      at double precision NOT NULL,
      update_number bigint,
      PRIMARY KEY (workflow, sequence)
    );
    CREATE TABLE ${s}.notes (
      workflow bigint NOT NULL,
      name text NOT NULL,
      value text NOT NULL,
      PRIMARY KEY (workflow, name)
    );
    CREATE TABLE ${s}.modules (
      name text NOT NULL,
      version text NOT NULL,
      hash text NOT NULL,
      deployed_at double precision NOT NULL,
      inspection text NOT NULL,
      PRIMARY KEY (name, version)
    );
    CREATE TABLE ${s}.module_bytes (hash text PRIMARY KEY, bytes bytea NOT NULL);
    `,
    `
    CREATE TABLE ${s}.labels (
      partition integer NOT NULL,
      workflow bigint NOT NULL,
      name text COLLATE "C" NOT NULL,
      value text COLLATE "C" NOT NULL,
      PRIMARY KEY (workflow, name)
    );
    ALTER TABLE ${s}.workflows ALTER COLUMN idempotency_key TYPE text COLLATE "C";
    CREATE INDEX children ON ${s}.workflows (partition, parent, id) WHERE parent IS NOT NULL;
    CREATE INDEX labelled ON ${s}.labels (partition, name, value, workflow);
    CREATE TABLE ${s}.errands (
      id text PRIMARY KEY,
      partition integer NOT NULL,
      body text NOT NULL,
      answer text,
      asked_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX open_errands ON ${s}.errands (partition, asked_at, id) WHERE answer IS NULL;
    CREATE TABLE ${s}.schedules (
      partition integer NOT NULL,
      name text COLLATE "C" NOT NULL,
      spec text NOT NULL,
      input text NOT NULL,
      state text NOT NULL,
      PRIMARY KEY (partition, name)
    );
    `,
  ];
}
