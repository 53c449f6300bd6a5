import type { Job, JobCounts, WorkerView } from "../queue/types.ts";

/**
 * A job as JSON text, with the members of both forms of the API: clients ignore members they don't know. Numbers in the
 * payload keep every digit.
 */
export function jobText(job: Job): string {
  const { progress } = job;
  const text = JSON.stringify({
    id: job.id,
    job_id: job.id,
    status: job.status,
    claimed_by: job.claimedBy,
    completed_by: job.completedBy,
    created_at: seconds(job.createdAt),
    updated_at: seconds(job.updatedAt),
    assigned_worker_id: job.workerId,
    started_at: job.startedAt === null ? null : seconds(job.startedAt),
    error_message: job.error,
    retry_count: job.retries,
    compatible_worker_types: job.workerTypes,
    request_id: job.requestId,
    progress:
      progress === null
        ? null
        : {
            status: progress.status,
            url: progress.url,
            urls_left: progress.urlsLeft,
            reports: progress.reports,
            updated_at: seconds(progress.at),
          },
  });
  return `${text.slice(0, -1)},"payload":${job.payload}}`;
}

/** The number of jobs in each state. */
export function statsOf(counts: JobCounts): Record<string, number> {
  return {
    pending: counts.Pending,
    claimed: counts.Claimed,
    in_progress: counts.InProgress,
    completed: counts.Completed,
    failed: counts.Failed,
    total: Object.values(counts).reduce((sum, jobs) => sum + jobs, 0),
  };
}

/** A worker, as JSON text. */
export function workerText(worker: WorkerView): string {
  const text = JSON.stringify({
    id: worker.id,
    worker_type: worker.type,
    status: worker.status,
    endpoint_id: worker.name,
    registered_at: seconds(worker.registeredAt),
    last_heartbeat: seconds(worker.lastHeartbeat),
    cpu_cores: worker.cpuCores,
    memory_mb: worker.memoryMb,
    active_jobs: worker.activeJobs,
    total_jobs_completed: worker.jobsCompleted,
  });
  return `${text.slice(0, -1)},"metadata":${worker.metadata}}`;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
