import type { Client } from "pg";
import type { Job, JobStatus, Worker } from "../../queue/types.ts";
import type { BatchTables } from "./batch-tables.ts";
import { prepared } from "./prepared.ts";
import { accepts, dataOf, keyOf } from "./postgres-rows.ts";

/**
 * Writes the changes of a batch, with one statement for each kind of change. All statements are sent at once.
 *
 * @param slot the slot of the counts
 * @returns the statements' results; none if there was nothing to write
 */
export function flushBatch(
  client: Client,
  tables: BatchTables,
  slot: number,
): readonly Promise<unknown>[] {
  const sent: Promise<unknown>[] = [];
  const added: Job[] = [];
  const moved: Job[] = [];
  const counts = new Map<JobStatus, number>();
  const count = (status: JobStatus, change: number): void =>
    void counts.set(status, (counts.get(status) ?? 0) + change);
  for (const { before, now } of tables.jobEntries.values()) {
    if (now === null || now === before) continue;
    if (before !== null) count(before.status, -1);
    count(now.status, 1);
    if (before === null) added.push(now);
    else if (before.sequence === now.sequence) moved.push(now);
    else sent.push(...replaceJob(client, before.sequence, now));
  }
  if (added.length > 0) sent.push(addJobs(client, added));
  if (moved.length > 0) sent.push(moveJobs(client, moved));
  const changed = [...counts].filter(([, change]) => change !== 0);
  if (changed.length > 0) sent.push(addCounts(client, slot, changed));
  const number = tables.lastNumber;
  if (number !== null && number.now !== number.before) {
    sent.push(client.query("UPDATE last_number SET number = $1", [number.now]));
  }
  return [...sent, ...flushWorkers(client, tables)];
}

async function addJobs(client: Client, jobs: readonly Job[]): Promise<void> {
  await prepared(
    client,
    `INSERT INTO jobs (sequence, id, status, for_wasm, for_firecracker, worker_id, updated_at, payload, data)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::boolean[], $5::boolean[], $6::text[],
       $7::double precision[], $8::text[], $9::text[])`,
    [
      jobs.map((job) => job.sequence),
      jobs.map((job) => keyOf(job.id)),
      jobs.map((job) => job.status),
      jobs.map((job) => accepts(job, "wasm")),
      jobs.map((job) => accepts(job, "firecracker")),
      jobs.map(workerKeyOf),
      jobs.map((job) => job.updatedAt),
      jobs.map((job) => job.payload),
      jobs.map(dataOf),
    ],
  );
}

async function moveJobs(client: Client, jobs: readonly Job[]): Promise<void> {
  await prepared(
    client,
    `UPDATE jobs SET status = new.status, worker_id = new.worker_id, updated_at = new.updated_at, data = new.data
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::double precision[], $5::text[])
       AS new (sequence, status, worker_id, updated_at, data) WHERE jobs.sequence = new.sequence`,
    [
      jobs.map((job) => job.sequence),
      jobs.map((job) => job.status),
      jobs.map(workerKeyOf),
      jobs.map((job) => job.updatedAt),
      jobs.map(dataOf),
    ],
  );
}

function replaceJob(client: Client, sequence: number, job: Job): readonly Promise<unknown>[] {
  return [client.query("DELETE FROM jobs WHERE sequence = $1", [sequence]), addJobs(client, [job])];
}

async function addCounts(
  client: Client,
  slot: number,
  counts: readonly (readonly [JobStatus, number])[],
): Promise<void> {
  await prepared(
    client,
    `INSERT INTO counts (slot, status, jobs) SELECT $1, * FROM unnest($2::text[], $3::bigint[]) ORDER BY 2
     ON CONFLICT (slot, status) DO UPDATE SET jobs = counts.jobs + excluded.jobs`,
    [slot, counts.map(([status]) => status), counts.map(([, change]) => change)],
  );
}

function flushWorkers(client: Client, tables: BatchTables): readonly Promise<unknown>[] {
  const sent: Promise<unknown>[] = [];
  const saved: Worker[] = [];
  const removed: string[] = [];
  for (const [id, { before, now }] of tables.workerEntries) {
    if (now === before) continue;
    if (now === null) removed.push(keyOf(id));
    else saved.push(now);
  }
  if (saved.length > 0) {
    sent.push(
      prepared(
        client,
        `INSERT INTO workers (id, status, last_heartbeat, data)
       SELECT * FROM unnest($1::text[], $2::text[], $3::double precision[], $4::text[])
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, last_heartbeat = excluded.last_heartbeat,
         data = excluded.data`,
        [
          saved.map((worker) => keyOf(worker.id)),
          saved.map((worker) => worker.status),
          saved.map((worker) => worker.lastHeartbeat),
          saved.map((worker) => JSON.stringify(worker)),
        ],
      ),
    );
  }
  if (removed.length > 0) {
    sent.push(client.query("DELETE FROM workers WHERE id = ANY($1)", [removed]));
  }
  return sent;
}

function workerKeyOf({ workerId }: Job): string | null {
  return workerId === null ? null : keyOf(workerId);
}
