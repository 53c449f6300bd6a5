import type { Job } from "@flawless-ts/sdk";

/** A job for tests. */
export function exampleJob(job: Partial<Job>): Job {
  return {
    id: "job-1",
    status: "Completed",
    payload: { id: 1, url: "http://site/" },
    claimedBy: "worker-1",
    completedBy: "worker-1",
    assignedWorkerId: "worker-1",
    createdAt: 0,
    updatedAt: 0,
    startedAt: 0,
    errorMessage: null,
    retryCount: 0,
    workerTypes: [],
    requestId: null,
    ...job,
  };
}
