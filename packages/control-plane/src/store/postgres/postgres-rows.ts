import type { Job, Worker, WorkerType } from "../../queue/types.ts";

/** A job as the database has it. */
export interface JobRow {
  /** A bigint, as text. */
  readonly sequence: string;
  readonly payload: string;
  readonly data: string;
}

/** What {@link toJob} needs. */
export const jobColumns = "sequence, payload, data";

export function toJob({ sequence, payload, data }: JobRow): Job {
  const rest = JSON.parse(data) as Omit<Job, "sequence" | "payload">;
  return { sequence: Number(sequence), payload, ...rest };
}

/** All of a job but its payload, which never changes, and its place. */
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

/** A name as a column can hold it: PostgreSQL's text knows no NUL. Different names stay different. */
export function keyOf(name: string): string {
  return name.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\0", "\\0");
}
