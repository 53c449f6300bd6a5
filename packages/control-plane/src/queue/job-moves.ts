import type { Job, JobStatus } from "./types.ts";

/** Whether a job has ended. */
export function hasEnded(job: Pick<Job, "status">): boolean {
  return job.status === "Completed" || job.status === "Failed";
}

/** A job as it is after it was handed out. */
export function claimed(job: Job, claimedBy: string, workerId: string | null, now: number): Job {
  return {
    ...job,
    status: "Claimed",
    claimedBy,
    workerId,
    updatedAt: now,
    startedAt: null,
    claims: job.claims + 1,
  };
}

/** What a job's new state comes with. */
export interface Move {
  readonly status: JobStatus;
  readonly error: string | null;
  /** Who completed it, where nobody has claimed it. */
  readonly nodeId: string;
  readonly now: number;
}

/** A job that has not ended, as it is after its state was set. */
export function moved(job: Job, { status, error, nodeId, now }: Move): Job {
  const next: Job = { ...job, status, updatedAt: now };
  switch (status) {
    case "Pending":
      return { ...next, claimedBy: null, workerId: null, startedAt: null };
    case "Claimed":
      return { ...next, claimedBy: job.claimedBy ?? nodeId };
    case "InProgress":
      return { ...next, claimedBy: job.claimedBy ?? nodeId, startedAt: job.startedAt ?? now };
    case "Completed":
      return { ...next, completedBy: job.workerId ?? job.claimedBy ?? nodeId };
    case "Failed":
      return { ...next, error: error ?? "The worker gave no reason." };
  }
}

/**
 * A job as it is after its worker was lost or drained: pending again, or failed where that has happened too often.
 *
 * @param maxRetries how often it may go back
 */
export function givenBack(job: Job, reason: string, maxRetries: number, now: number): Job {
  if (job.retries >= maxRetries) {
    const times = job.claims === 1 ? "once" : `${job.claims} times`;
    return {
      ...job,
      status: "Failed",
      updatedAt: now,
      error: `${reason} The job was handed out ${times} in vain, and is not handed out again.`,
    };
  }
  return {
    ...job,
    status: "Pending",
    updatedAt: now,
    claimedBy: null,
    workerId: null,
    startedAt: null,
    retries: job.retries + 1,
  };
}
