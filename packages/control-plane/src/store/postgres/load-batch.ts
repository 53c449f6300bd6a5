import type { Client } from "pg";
import type { Claim, LostBefore } from "../../queue/ledger-requests.ts";
import type { WorkerType } from "../../queue/types.ts";
import type { WriteMethod } from "../store.ts";
import type { BatchTables, Wanted } from "./batch-tables.ts";
import { forgetOldPlans, prepared } from "./prepared.ts";
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
 * Begins a transaction, and loads and locks what the calls of a batch are likely to ask for: all of it is asked for at once,
 * and arrives in one turn. What is missing then is loaded one by one. Rows are locked in the same order everywhere, so that
 * two batches seldom wait for each other both ways.
 */
export async function beginBatch(
  client: Client,
  tables: BatchTables,
  calls: readonly LedgerCall[],
): Promise<void> {
  const { jobIds, endedIds, workerIds, heartbeats, added } = askedAhead(calls);
  const loads: Promise<unknown>[] = [...forgetOldPlans(client), client.query("BEGIN")];
  if (jobIds.size > 0) loads.push(loadJobs(client, tables, [...jobIds]));
  if (workerIds.size + endedIds.size > 0) {
    loads.push(loadWorkers(client, tables, [...workerIds], [...endedIds]));
  }
  if (heartbeats.size > 0) loads.push(countActive(client, tables, [...heartbeats]));
  if (added > 0) loads.push(loadSequences(client, tables, added));
  for (const [type, count] of claimsByType(calls)) {
    loads.push(loadPending(client, tables, type, count, [...jobIds]));
  }
  await Promise.all(loads);
  // Whoever ends a job has it counted.
  for (const id of endedIds) {
    const workerId = tables.jobEntries.get(id)?.now?.workerId ?? null;
    if (workerId !== null) tables.admitNoWorker(workerId);
  }
}

/** What the calls name. */
function askedAhead(calls: readonly LedgerCall[]): {
  readonly jobIds: ReadonlySet<string>;
  /** Jobs that end: their workers are needed, too. */
  readonly endedIds: ReadonlySet<string>;
  readonly workerIds: ReadonlySet<string>;
  readonly heartbeats: ReadonlySet<string>;
  /** How many jobs there are to come. */
  readonly added: number;
} {
  const jobIds = new Set<string>();
  const endedIds = new Set<string>();
  const workerIds = new Set<string>();
  const heartbeats = new Set<string>();
  let added = 0;
  for (const { method, parameters } of calls) {
    const [first] = parameters;
    if (method === "publish") jobIds.add(first as string);
    if (method === "publish" || method === "publishNext") added += 1;
    if (method === "setStatus" || method === "report") {
      const { id, status } = first as { readonly id: string; readonly status: string };
      jobIds.add(id);
      if (status === "Completed" || status === "Done") endedIds.add(id);
    }
    if (method === "register") workerIds.add((first as { readonly id: string }).id);
    if (method === "heartbeat" || method === "drain") workerIds.add(first as string);
    if (method === "heartbeat") heartbeats.add(first as string);
    if (method === "claim") {
      const { workerId } = first as Claim;
      if (workerId !== null) workerIds.add(workerId);
    }
  }
  return { jobIds, endedIds, workerIds, heartbeats, added };
}

/** Loads what a call needs and the batch did not load at first. */
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
      // Rows that this batch has locked already come again.
      return await loadPending(client, tables, wanted.type, 1 + tables.jobEntries.size, []);
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
  const { rows } = await prepared<JobRow>(
    client,
    `SELECT ${jobColumns} FROM jobs WHERE ${where}`,
    values,
  );
  return rows.map((row) => {
    const job = toJob(row);
    tables.admitJob(job);
    return job.id;
  });
}

/** @param endedIds jobs that were loaded before, whose workers are loaded, too */
async function loadWorkers(
  client: Client,
  tables: BatchTables,
  ids: readonly string[],
  endedIds: readonly string[] = [],
): Promise<void> {
  await admitWorkers(
    client,
    tables,
    // An array: with `OR`, all workers would be read.
    `id = ANY(ARRAY(SELECT unnest($1::text[]) UNION ALL SELECT worker_id FROM jobs WHERE jobs.id = ANY($2)))
     ORDER BY id FOR UPDATE`,
    [ids.map(keyOf), endedIds.map(keyOf)],
  );
  for (const id of ids) tables.admitNoWorker(id);
}

async function admitWorkers(
  client: Client,
  tables: BatchTables,
  where: string,
  values: readonly unknown[],
): Promise<readonly string[]> {
  const { rows } = await prepared<{ data: string }>(
    client,
    `SELECT data FROM workers WHERE ${where}`,
    values,
  );
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
  const { rows } = await prepared<{ worker_id: string; n: string }>(
    client,
    `SELECT worker_id, count(*) AS n FROM jobs WHERE worker_id = ANY($1) AND ${isActive} GROUP BY worker_id`,
    [workerIds.map(keyOf)],
  );
  const counts = new Map(rows.map((row) => [row.worker_id, Number(row.n)]));
  for (const id of workerIds) tables.activeCounts.set(id, counts.get(keyOf(id)) ?? 0);
}

async function loadSequences(client: Client, tables: BatchTables, count: number): Promise<void> {
  const { rows } = await prepared<{ sequence: string }>(
    client,
    "SELECT nextval('job_sequence') AS sequence FROM generate_series(1, $1)",
    [count],
  );
  tables.sequences.push(...rows.map((row) => Number(row.sequence)));
}

/** @param besides jobs that the batch has anyway: they are not counted */
async function loadPending(
  client: Client,
  tables: BatchTables,
  type: WorkerType | null,
  limit: number,
  besides: readonly string[],
): Promise<void> {
  const ids = await admitJobs(
    client,
    tables,
    `status = 'Pending' ${type === null ? "" : fitsType[type]} AND id <> ALL($2)
     ORDER BY sequence LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit, besides.map(keyOf)],
  );
  tables.pending.set(type, { ids, complete: ids.length < limit });
}

/** How many jobs of each type are claimed, where the calls say so; a worker's own type is known once it is loaded. */
function claimsByType(calls: readonly LedgerCall[]): ReadonlyMap<WorkerType | null, number> {
  const counts = new Map<WorkerType | null, number>();
  for (const { method, parameters } of calls) {
    if (method !== "claim") continue;
    const { workerId, workerType } = parameters[0] as Claim;
    if (workerType === null && workerId !== null) continue;
    counts.set(workerType, (counts.get(workerType) ?? 0) + 1);
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
