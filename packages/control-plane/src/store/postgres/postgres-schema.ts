import type { Client } from "pg";
import { ControlPlaneError } from "../../errors.ts";

/** The default schema of the tables. */
export const defaultSchema = "flawless_control_plane";

/** Held while tables are created, so that nodes that start at the same time create them once. Its bytes read "FLCP". */
const migrationLock = 0x464c4350;

/**
 * Each migrates the tables from the previous version to its own; the first one's is 1. What no query searches for is in
 * `data`, as JSON: PostgreSQL's text can't hold every character that JSON can. `counts` has rows for each connection,
 * to be added up: with a single row, only one node could write at a time.
 */
const migrations: readonly string[] = [
  `
  CREATE SEQUENCE job_sequence CACHE 1;
  CREATE TABLE jobs (
    sequence bigint PRIMARY KEY,
    id text NOT NULL UNIQUE,
    status text NOT NULL,
    for_wasm boolean NOT NULL,
    for_firecracker boolean NOT NULL,
    worker_id text,
    updated_at double precision NOT NULL,
    payload text NOT NULL,
    data text NOT NULL
  ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
  CREATE INDEX pending ON jobs (sequence) WHERE status = 'Pending';
  CREATE INDEX pending_wasm ON jobs (sequence) WHERE status = 'Pending' AND for_wasm;
  CREATE INDEX pending_firecracker ON jobs (sequence) WHERE status = 'Pending' AND for_firecracker;
  CREATE INDEX active ON jobs (worker_id, updated_at) WHERE status IN ('Claimed', 'InProgress');
  CREATE INDEX by_status ON jobs (status, sequence);
  CREATE TABLE counts (
    slot integer NOT NULL,
    status text NOT NULL,
    jobs bigint NOT NULL,
    PRIMARY KEY (slot, status)
  ) WITH (fillfactor = 50);
  CREATE TABLE last_number (number bigint NOT NULL);
  INSERT INTO last_number VALUES (-1);
  CREATE TABLE workers (
    ordinal bigint GENERATED ALWAYS AS IDENTITY,
    id text PRIMARY KEY,
    status text NOT NULL,
    last_heartbeat double precision NOT NULL,
    data text NOT NULL
  ) WITH (fillfactor = 50);
  CREATE TABLE nodes (
    id text PRIMARY KEY,
    instance text NOT NULL,
    url text,
    flawless_url text,
    seen_at timestamptz NOT NULL
  );
  CREATE TABLE gossip (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    message text NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE blob_pieces (
    upload uuid NOT NULL,
    number integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (upload, number)
  );
  CREATE TABLE blob_uploads (upload uuid PRIMARY KEY, touched_at timestamptz NOT NULL);
  CREATE TABLE blobs (hash text PRIMARY KEY, upload uuid NOT NULL, size bigint NOT NULL);
  `,
];

/** The newest version that this program knows. */
export const schemaVersion: number = migrations.length;

/**
 * Creates or migrates the tables.
 *
 * @param client its search path is set to the schema
 * @throws ControlPlaneError `STORE_TOO_NEW` if a newer program has created them
 */
export async function prepareSchema(client: Client, schema: string): Promise<void> {
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [migrationLock, schema]);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`);
  await useSchema(client, schema);
  await client.query("CREATE TABLE IF NOT EXISTS version (number integer NOT NULL)");
  const { rows } = await client.query<{ number: number }>("SELECT number FROM version");
  const found = rows[0]?.number ?? 0;
  if (found > schemaVersion) {
    await client.query("ROLLBACK");
    throw new ControlPlaneError(
      "STORE_TOO_NEW",
      `The tables in the schema ${schema} have version ${found}, but this program knows versions up to ${schemaVersion}. Run the program that made them, or a newer one.`,
    );
  }
  for (const migration of migrations.slice(found)) await client.query(migration);
  if (found < schemaVersion) {
    await client.query("DELETE FROM version");
    await client.query("INSERT INTO version VALUES ($1)", [schemaVersion]);
  }
  await client.query("COMMIT");
}

/** Sets the search path of a connection. */
export async function useSchema(client: Client, schema: string): Promise<void> {
  // Planning a statement takes as long as running it: see `forgetOldPlans`.
  await client.query(
    `SET search_path TO ${quoted(schema)}; SET plan_cache_mode TO force_generic_plan`,
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
