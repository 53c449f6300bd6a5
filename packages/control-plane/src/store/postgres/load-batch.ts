import type { Client } from "pg";
import type { Claim, LostBefore } from "../../queue/ledger-requests.ts";
import type { WorkerType } from "../../queue/types.ts";
import type { WriteMethod } from "../store.ts";
import type { BatchTables, Wanted } from "./batch-tables.ts";
import { forgetOldPlans, prepared } from "./prepared.ts";
import { jobColumns, keyOf, toJob, toWorker, type JobRow } from "./postgres-rows.ts";

/** A requested call of the ledger. */
export interface LedgerCall {
  readonly method: WriteMethod;
  readonly parameters: readonly unknown[];
}

/** Lets one node at a time look for lost workers. Its bytes read "FLLW". */
const lostWorkersLock = 0x464c4c57;
/** How many job numbers to load ahead: they are tried in order, because publishers may have taken some as ids. */
const numbersAhead = 16;
const isActive = "status IN ('Claimed', 'InProgress')";
const fitsType: Readonly<Record<WorkerType, string>> = {
  wasm: "AND for_wasm",
  firecracker: "AND for_firecracker",
};

/**
 * Begins a transaction, and loads and locks what the calls of a batch will probably need, in a single round trip.
 * What is missing then is loaded one by one. Rows are locked in the same order everywhere, so that two batches rarely
 * deadlock.
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
  // Ending a job counts it for its worker; a worker that was not loaded doesn't exist.
  for (const id of endedIds) {
    const workerId = tables.jobEntries.get(id)?.now?.workerId ?? null;
    if (workerId !== null) tables.admitNoWorker(workerId);
  }
}

/** What the calls refer to. */
function askedAhead(calls: readonly LedgerCall[]): {
  readonly jobIds: ReadonlySet<string>;
  /** Jobs that end, whose workers are needed, too. */
  readonly endedIds: ReadonlySet<string>;
  readonly workerIds: ReadonlySet<string>;
  readonly heartbeats: ReadonlySet<string>;
  /** The number of new jobs. */
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

/** Loads what a call needs and the batch has not loaded before. */
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
      // The result includes rows that this batch has already locked.
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

/** @returns the jobs' ids, in the order of the query */
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

/** @param endedIds jobs loaded before, whose workers are loaded, too */
async function loadWorkers(
  client: Client,
  tables: BatchTables,
  ids: readonly string[],
  endedIds: readonly string[] = [],
): Promise<void> {
  await admitWorkers(
    client,
    tables,
    // With an array, because `OR` would read all workers.
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
 * Loads the workers that a call may concern: for lost workers, none while another node looks for them; to make room for
 * a new worker, those that have been offline the longest.
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

/** @param besides jobs that the batch has anyway, and which don't count */
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

/** The number of claims of each type, if the calls name it; a worker's own type is known only after it is loaded. */
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

/** A job's id, with the following numbers in case it is taken. */
function idsFrom(id: string): readonly string[] {
  const number = /^job-(\d{1,15})$/.exec(id)?.[1];
  if (number === undefined) return [id];
  return Array.from({ length: numbersAhead }, (_, ahead) => `job-${Number(number) + ahead}`).concat(
    id,
  );
}
