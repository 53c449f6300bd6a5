import type { ProgressReport } from "./ledger-requests.ts";
import type { Job, JobProgress, JobStatus } from "./types.ts";

/** Whether a job has ended. */
export function hasEnded(job: Pick<Job, "status">): boolean {
  return job.status === "Completed" || job.status === "Failed";
}

/** Whether somebody had the job before, who may still report on it. */
export function isWaitingAgain(job: Job): boolean {
  return job.status === "Pending" && job.claims > 0;
}

/** The job after it was handed out. */
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

/** The details of a job's new state. */
export interface Move {
  readonly status: JobStatus;
  readonly error: string | null;
  /** Who completed it, if nobody had claimed it. */
  readonly nodeId: string;
  readonly now: number;
}

/** A job that had not ended, after its state was set. */
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
 * The job after its worker was lost or drained: pending again, or failed if that has happened too often.
 *
 * @param maxRetries how often it may return to the queue
 */
export function givenBack(job: Job, reason: string, maxRetries: number, now: number): Job {
  if (job.retries >= maxRetries) {
    const times = job.claims === 1 ? "once" : `${job.claims} times`;
    return {
      ...job,
      status: "Failed",
      updatedAt: now,
      error: `${reason} The job was handed out ${times} without being done, and is not handed out again.`,
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

const statusOfReport: Readonly<
  Record<JobProgress["status"], "InProgress" | "Completed" | "Failed">
> = { Request: "InProgress", Parse: "InProgress", Done: "Completed", Error: "Failed" };

/** The job after a crawl reported on it. */
export function reported(job: Job, report: ProgressReport): Job {
  const { status, url, urlsLeft, nodeId, now } = report;
  const reports = (job.progress?.reports ?? 0) + 1;
  const progress: JobProgress = { status, url, urlsLeft, reports, at: now };
  const next = statusOfReport[status];
  if (hasEnded(job)) {
    return { ...job, progress };
  }
  // A late report must not remove a job from the queue.
  if (job.status === next || (next === "InProgress" && isWaitingAgain(job))) {
    return { ...job, progress, updatedAt: now };
  }
  const error = next === "Failed" ? `The workflow reported an error at ${url}.` : null;
  return { ...moved(job, { status: next, error, nodeId, now }), progress };
}
