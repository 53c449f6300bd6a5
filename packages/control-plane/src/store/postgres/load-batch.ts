import type { Client } from "pg";
import type { Claim, LostBefore, StatusChange } from "../../queue/ledger-requests.ts";
import type { WorkerType } from "../../queue/types.ts";
import type { WriteMethod } from "../store.ts";
import type { BatchTables, Wanted } from "./batch-tables.ts";
import { jobColumns, keyOf, toJob, toWorker, type JobRow } from "./postgres-rows.ts";

/** A call of the ledger, as it was asked for. */
export interface LedgerCall {
  readonly method: WriteMethod;
  readonly parameters: readonly unknown[];
}

/** One node at a time looks for lost workers. Its bytes read "FLLW". */
const lostWorkersLock = 0x464c4c57;
/** Numbers of jobs are tried one after the other; those before were taken by publishers. */
const numbersAhead = 16;
const isActive = "status IN ('Claimed', 'InProgress')";
const fitsType: Readonly<Record<WorkerType, string>> = {
  wasm: "AND for_wasm",
  firecracker: "AND for_firecracker",
};

/**
 * Loads and locks what the calls of a batch are likely to ask for, in few statements. What is missing then is loaded one by
 * one. Rows are locked in the same order everywhere, so that two batches seldom wait for each other both ways.
 */
export async function loadAhead(
  client: Client,
  tables: BatchTables,
  calls: readonly LedgerCall[],
): Promise<void> {
  const jobIds = new Set<string>();
  const workerIds = new Set<string>();
  const heartbeats = new Set<string>();
  let added = 0;
  for (const { method, parameters } of calls) {
    const [first] = parameters;
    if (method === "publish") jobIds.add(first as string);
    if (method === "publish" || method === "publishNext") added += 1;
    if (method === "setStatus" || method === "report") jobIds.add((first as StatusChange).id);
    if (method === "register") workerIds.add((first as { readonly id: string }).id);
    if (method === "heartbeat" || method === "drain") workerIds.add(first as string);
    if (method === "heartbeat") heartbeats.add(first as string);
    if (method === "claim") {
      const { workerId } = first as Claim;
      if (workerId !== null) workerIds.add(workerId);
    }
  }
  if (jobIds.size > 0) await loadJobs(client, tables, [...jobIds]);
  // Whoever ends a job has it counted.
  for (const { method, parameters } of calls) {
    if (method !== "setStatus" && method !== "report") continue;
    const change = parameters[0] as { readonly id: string; readonly status: string };
    const workerId = tables.jobEntries.get(change.id)?.now?.workerId ?? null;
    const ends = change.status === "Completed" || change.status === "Done";
    if (ends && workerId !== null) workerIds.add(workerId);
  }
  if (workerIds.size > 0) await loadWorkers(client, tables, [...workerIds]);
  if (heartbeats.size > 0) await countActive(client, tables, [...heartbeats]);
  if (added > 0) await loadSequences(client, tables, added);
  await loadPending(client, tables, claimsByType(tables, calls));
}

/** Loads what a call asked for in vain. */
export async function loadWanted(
  client: Client,
  tables: BatchTables,
  wanted: Wanted,
  call: LedgerCall,
): Promise<void> {
  switch (wanted.kind) {
    case "job":
      return await loadJobs(client, tables, idsFrom(wanted.id));
    case "worker":
      return await loadWorkers(client, tables, [wanted.id]);
    case "pending":
      return await loadPending(client, tables, new Map([[wanted.type, 1]]));
    case "active": {
      await admitJobs(
        client,
        tables,
        `worker_id = $1 AND ${isActive} ORDER BY sequence FOR UPDATE`,
        [keyOf(wanted.workerId)],
      );
      tables.activeOf.add(wanted.workerId);
      return;
    }
    case "active-count":
      return await countActive(client, tables, [wanted.workerId]);
    case "unowned":
      tables.unowned = await admitJobs(
        client,
        tables,
        `${isActive} AND updated_at <= $1 AND (worker_id IS NULL
         OR NOT EXISTS (SELECT FROM workers WHERE workers.id = worker_id))
         ORDER BY sequence LIMIT $2 FOR UPDATE SKIP LOCKED`,
        [wanted.before, wanted.limit],
      );
      return;
    case "unbegun":
      tables.unbegun = await admitJobs(
        client,
        tables,
        "status = 'Claimed' AND updated_at <= $1 ORDER BY sequence LIMIT $2 FOR UPDATE SKIP LOCKED",
        [wanted.before, wanted.limit],
      );
      return;
    case "sequences":
      return await loadSequences(client, tables, 1);
    case "last-number": {
      const { rows } = await client.query<{ number: string }>(
        "SELECT number FROM last_number FOR UPDATE",
      );
      const number = Number(rows[0]?.number ?? -1);
      tables.lastNumber = { before: number, now: number };
      return;
    }
    case "worker-count": {
      const { rows } = await client.query<{ n: string }>("SELECT count(*) AS n FROM workers");
      tables.workerCount = Number(rows[0]?.n);
      return;
    }
    case "some-workers":
      return await loadSomeWorkers(client, tables, call);
  }
}

async function loadJobs(
  client: Client,
  tables: BatchTables,
  ids: readonly string[],
): Promise<void> {
  const missing = ids.filter((id) => !tables.jobEntries.has(id));
  await admitJobs(client, tables, "id = ANY($1) ORDER BY sequence FOR UPDATE", [
    missing.map(keyOf),
  ]);
  for (const id of missing) {
    if (!tables.jobEntries.has(id)) tables.jobEntries.set(id, { before: null, now: null });
  }
}

/** @returns their ids, in the order of the query */
async function admitJobs(
  client: Client,
  tables: BatchTables,
  where: string,
  values: readonly unknown[],
): Promise<readonly string[]> {
  const { rows } = await client.query<JobRow>(`SELECT ${jobColumns} FROM jobs WHERE ${where}`, [
    ...values,
  ]);
  return rows.map((row) => {
    const job = toJob(row);
    tables.admitJob(job);
    return job.id;
  });
}

async function loadWorkers(
  client: Client,
  tables: BatchTables,
  ids: readonly string[],
): Promise<void> {
  const missing = ids.filter((id) => !tables.workerEntries.has(id));
  await admitWorkers(client, tables, "id = ANY($1) ORDER BY id FOR UPDATE", [missing.map(keyOf)]);
  for (const id of missing) {
    if (!tables.workerEntries.has(id)) tables.workerEntries.set(id, { before: null, now: null });
  }
}

async function admitWorkers(
  client: Client,
  tables: BatchTables,
  where: string,
  values: readonly unknown[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ data: string }>(`SELECT data FROM workers WHERE ${where}`, [
    ...values,
  ]);
  return rows.map((row) => {
    const worker = toWorker(row);
    tables.admitWorker(worker);
    return worker.id;
  });
}

/**
 * The workers that a call may be about: for those that are lost, none while another node looks for them; for room for a
 * new one, the one that is gone for the longest.
 */
async function loadSomeWorkers(
  client: Client,
  tables: BatchTables,
  { method, parameters }: LedgerCall,
): Promise<void> {
  if (method !== "returnLost") {
    tables.someWorkers = await admitWorkers(
      client,
      tables,
      "status = 'offline' ORDER BY last_heartbeat LIMIT 100 FOR UPDATE SKIP LOCKED",
      [],
    );
    return;
  }
  const { heartbeat, forgotten } = parameters[0] as LostBefore;
  const { rows } = await client.query<{ mine: boolean }>(
    "SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema())) AS mine",
    [lostWorkersLock],
  );
  if (rows[0]?.mine !== true) {
    [tables.someWorkers, tables.unbegun, tables.unowned] = [[], [], []];
    return;
  }
  tables.someWorkers = await admitWorkers(
    client,
    tables,
    `(status <> 'offline' AND last_heartbeat <= $1) OR (status = 'offline' AND last_heartbeat <= $2)
     ORDER BY ordinal FOR UPDATE SKIP LOCKED`,
    [heartbeat, forgotten],
  );
}

async function countActive(
  client: Client,
  tables: BatchTables,
  workerIds: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ worker_id: string; n: string }>(
    `SELECT worker_id, count(*) AS n FROM jobs WHERE worker_id = ANY($1) AND ${isActive} GROUP BY worker_id`,
    [workerIds.map(keyOf)],
  );
  const counts = new Map(rows.map((row) => [row.worker_id, Number(row.n)]));
  for (const id of workerIds) tables.activeCounts.set(id, counts.get(keyOf(id)) ?? 0);
}

async function loadSequences(client: Client, tables: BatchTables, count: number): Promise<void> {
  const { rows } = await client.query<{ sequence: string }>(
    "SELECT nextval('job_sequence') AS sequence FROM generate_series(1, $1)",
    [count],
  );
  tables.sequences.push(...rows.map((row) => Number(row.sequence)));
}

async function loadPending(
  client: Client,
  tables: BatchTables,
  claims: ReadonlyMap<WorkerType | null, number>,
): Promise<void> {
  for (const [type, count] of claims) {
    // Rows that this batch has locked already come again.
    const limit = count + tables.jobEntries.size;
    const ids = await admitJobs(
      client,
      tables,
      `status = 'Pending' ${type === null ? "" : fitsType[type]} ORDER BY sequence LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [limit],
    );
    tables.pending.set(type, { ids, complete: ids.length < limit });
  }
}

function claimsByType(
  tables: BatchTables,
  calls: readonly LedgerCall[],
): ReadonlyMap<WorkerType | null, number> {
  const counts = new Map<WorkerType | null, number>();
  for (const { method, parameters } of calls) {
    if (method !== "claim") continue;
    const { workerId, workerType } = parameters[0] as Claim;
    const worker = workerId === null ? null : tables.workerEntries.get(workerId)?.now;
    const type = workerType ?? worker?.type ?? null;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

/** A number that is taken is followed by others. */
function idsFrom(id: string): readonly string[] {
  const number = /^job-(\d{1,15})$/.exec(id)?.[1];
  if (number === undefined) return [id];
  return Array.from({ length: numbersAhead }, (_, ahead) => `job-${Number(number) + ahead}`).concat(
    id,
  );
}
