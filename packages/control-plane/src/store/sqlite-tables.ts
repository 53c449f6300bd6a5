import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { Statements } from "@flawless-ts/sqlite-thread";
import type { Tables } from "../queue/tables.ts";
import type { Job, JobCounts, JobFilter, JobStatus, Worker, WorkerType } from "../queue/types.ts";

type Row = Record<string, SQLOutputValue>;

const jobColumns = [
  "id",
  "status",
  "payload",
  "for_wasm",
  "for_firecracker",
  "worker_types",
  "request_id",
  "claimed_by",
  "completed_by",
  "worker_id",
  "created_at",
  "updated_at",
  "started_at",
  "error",
  "retries",
  "claims",
  "progress",
];
const jobValues = jobColumns.map(() => "?").join(", ");
const insertJob = `INSERT INTO jobs (${jobColumns.join(", ")}) VALUES (${jobValues})`;
const replaceJob = `UPDATE jobs SET (sequence, ${jobColumns.join(", ")}) =
  ((SELECT max(sequence) + 1 FROM jobs), ${jobValues}) WHERE id = ? RETURNING sequence`;
/** Doesn't write columns that never change. */
const updateJob = `UPDATE jobs SET status = ?, claimed_by = ?, completed_by = ?, worker_id = ?, updated_at = ?,
  started_at = ?, error = ?, retries = ?, claims = ?, progress = ? WHERE sequence = ?`;
const active = "status IN ('Claimed', 'InProgress')";
const pendingOf: Readonly<Record<WorkerType, string>> = {
  wasm: "AND for_wasm = 1",
  firecracker: "AND for_firecracker = 1",
};

/** The tables in a SQLite file. They block their thread. */
export class SqliteTables implements Tables {
  readonly #statements: Statements;

  constructor(database: DatabaseSync) {
    this.#statements = new Statements(database);
  }

  job(id: string): Job | undefined {
    return this.#jobs("SELECT * FROM jobs WHERE id = ?", id)[0];
  }

  addJob(job: Omit<Job, "sequence">): Job {
    const { lastInsertRowid } = this.#statements.get(insertJob).run(...valuesOf(job));
    return { ...job, sequence: Number(lastInsertRowid) };
  }

  replaceJob(job: Omit<Job, "sequence">): Job {
    const row = this.#statements.get(replaceJob).get(...valuesOf(job), job.id);
    return { ...job, sequence: Number(row?.["sequence"]) };
  }

  saveJob(job: Job): void {
    this.#statements
      .get(updateJob)
      .run(
        job.status,
        job.claimedBy,
        job.completedBy,
        job.workerId,
        job.updatedAt,
        job.startedAt,
        job.error,
        job.retries,
        job.claims,
        job.progress === null ? null : JSON.stringify(job.progress),
        job.sequence,
      );
  }

  nextJobNumber(least: number): number {
    const sql = "UPDATE last_number SET number = max(number + 1, ?) RETURNING number";
    return Number(this.#statements.get(sql).get(least)?.["number"]);
  }

  oldestPending(type: WorkerType | null): Job | undefined {
    const filter = type === null ? "" : pendingOf[type];
    return this.#jobs(
      `SELECT * FROM jobs WHERE status = 'Pending' ${filter} ORDER BY sequence LIMIT 1`,
    )[0];
  }

  activeJobs(workerId: string): readonly Job[] {
    return this.#jobs(
      `SELECT * FROM jobs WHERE worker_id = ? AND ${active} ORDER BY sequence`,
      workerId,
    );
  }

  unownedJobs(unchangedSince: number, limit: number): readonly Job[] {
    return this.#jobs(
      `SELECT * FROM jobs WHERE ${active} AND updated_at <= ? AND (worker_id IS NULL
       OR NOT EXISTS (SELECT 1 FROM workers WHERE workers.id = worker_id)) ORDER BY sequence LIMIT ?`,
      unchangedSince,
      limit,
    );
  }

  unbegunJobs(claimedBefore: number, limit: number): readonly Job[] {
    return this.#jobs(
      "SELECT * FROM jobs WHERE status = 'Claimed' AND updated_at <= ? ORDER BY sequence LIMIT ?",
      claimedBefore,
      limit,
    );
  }

  jobs({ status, after = 0, limit }: JobFilter): readonly Job[] {
    return status === undefined
      ? this.#jobs("SELECT * FROM jobs WHERE sequence > ? ORDER BY sequence LIMIT ?", after, limit)
      : this.#jobs(
          "SELECT * FROM jobs WHERE status = ? AND sequence > ? ORDER BY sequence LIMIT ?",
          status,
          after,
          limit,
        );
  }

  newestJobs(limit: number): readonly Job[] {
    return this.#jobs("SELECT * FROM jobs ORDER BY sequence DESC LIMIT ?", limit);
  }

  counts(): JobCounts {
    const rows = this.#statements.get("SELECT status, jobs FROM counts").all();
    return Object.fromEntries(
      rows.map((row) => [String(row["status"]), Number(row["jobs"])]),
    ) as JobCounts;
  }

  worker(id: string): Worker | undefined {
    const row = this.#statements.get("SELECT * FROM workers WHERE id = ?").get(id);
    return row === undefined ? undefined : toWorker(row);
  }

  saveWorker(worker: Worker): void {
    this.#statements
      .get(
        `INSERT INTO workers (id, type, status, name, registered_at, last_heartbeat, cpu_cores, memory_mb,
         metadata, jobs_completed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET type = excluded.type, status = excluded.status, name = excluded.name,
         registered_at = excluded.registered_at, last_heartbeat = excluded.last_heartbeat,
         cpu_cores = excluded.cpu_cores, memory_mb = excluded.memory_mb, metadata = excluded.metadata,
         jobs_completed = excluded.jobs_completed`,
      )
      .run(
        worker.id,
        worker.type,
        worker.status,
        worker.name,
        worker.registeredAt,
        worker.lastHeartbeat,
        worker.cpuCores,
        worker.memoryMb,
        worker.metadata,
        worker.jobsCompleted,
      );
  }

  removeWorker(id: string): void {
    this.#statements.get("DELETE FROM workers WHERE id = ?").run(id);
  }

  workers(): readonly Worker[] {
    return this.#statements.get("SELECT * FROM workers ORDER BY rowid").all().map(toWorker);
  }

  countWorkers(): number {
    return Number(this.#statements.get("SELECT count(*) AS n FROM workers").get()?.["n"]);
  }

  countActiveJobs(workerId: string): number {
    const sql = `SELECT count(*) AS n FROM jobs WHERE worker_id = ? AND ${active}`;
    return Number(this.#statements.get(sql).get(workerId)?.["n"]);
  }

  #jobs(sql: string, ...parameters: readonly SQLInputValue[]): Job[] {
    return this.#statements
      .get(sql)
      .all(...parameters)
      .map(toJob);
  }
}

/** Values in the order of {@link jobColumns}. */
function valuesOf(job: Omit<Job, "sequence">): SQLInputValue[] {
  const accepts = (type: WorkerType): number =>
    job.workerTypes.length === 0 || job.workerTypes.includes(type) ? 1 : 0;
  return [
    job.id,
    job.status,
    job.payload,
    accepts("wasm"),
    accepts("firecracker"),
    JSON.stringify(job.workerTypes),
    job.requestId,
    job.claimedBy,
    job.completedBy,
    job.workerId,
    job.createdAt,
    job.updatedAt,
    job.startedAt,
    job.error,
    job.retries,
    job.claims,
    job.progress === null ? null : JSON.stringify(job.progress),
  ];
}

function toJob(row: Row): Job {
  return {
    sequence: Number(row["sequence"]),
    id: String(row["id"]),
    status: String(row["status"]) as JobStatus,
    payload: String(row["payload"]),
    workerTypes: JSON.parse(String(row["worker_types"])) as WorkerType[],
    requestId: String(row["request_id"]),
    claimedBy: textOrNull(row["claimed_by"]),
    completedBy: textOrNull(row["completed_by"]),
    workerId: textOrNull(row["worker_id"]),
    createdAt: Number(row["created_at"]),
    updatedAt: Number(row["updated_at"]),
    startedAt: numberOrNull(row["started_at"]),
    error: textOrNull(row["error"]),
    retries: Number(row["retries"]),
    claims: Number(row["claims"]),
    progress: JSON.parse(String(row["progress"])) as Job["progress"],
  };
}

function toWorker(row: Row): Worker {
  return {
    id: String(row["id"]),
    type: String(row["type"]) as WorkerType,
    status: String(row["status"]) as Worker["status"],
    name: String(row["name"]),
    registeredAt: Number(row["registered_at"]),
    lastHeartbeat: Number(row["last_heartbeat"]),
    cpuCores: numberOrNull(row["cpu_cores"]),
    memoryMb: numberOrNull(row["memory_mb"]),
    metadata: String(row["metadata"]),
    jobsCompleted: Number(row["jobs_completed"]),
  };
}

function numberOrNull(value: SQLOutputValue | undefined): number | null {
  return value == null ? null : Number(value);
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return value == null ? null : String(value);
}
