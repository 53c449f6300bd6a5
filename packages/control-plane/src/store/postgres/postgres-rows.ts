import type { Job, Worker, WorkerType } from "../../queue/types.ts";

/** A job's row in the database. */
export interface JobRow {
  /** A bigint, as text. */
  readonly sequence: string;
  readonly payload: string;
  readonly data: string;
}

/** The columns for {@link toJob}. */
export const jobColumns = "sequence, payload, data";

export function toJob({ sequence, payload, data }: JobRow): Job {
  const rest = JSON.parse(data) as Omit<Job, "sequence" | "payload">;
  return { sequence: Number(sequence), payload, ...rest };
}

/** A job without its payload, which never changes, and its sequence number. */
export function dataOf(job: Job): string {
  const { sequence: _sequence, payload: _payload, ...rest } = job;
  return JSON.stringify(rest);
}

export function toWorker({ data }: { readonly data: string }): Worker {
  return JSON.parse(data) as Worker;
}

export function accepts(job: Job, type: WorkerType): boolean {
  return job.workerTypes.length === 0 || job.workerTypes.includes(type);
}

export function isActive({ status }: Pick<Job, "status">): boolean {
  return status === "Claimed" || status === "InProgress";
}

/** Escapes a name for a column, because PostgreSQL's text can't contain NUL. Different names stay different. */
export function keyOf(name: string): string {
  return name.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\0", "\\0");
}
