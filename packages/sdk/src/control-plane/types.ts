import type { JsonValue } from "@flawless-ts/wasm-module";

/** The form of the mvm-ci API that a server speaks: the first (`/queue/...`), or the second (`/api/queue/...`). */
export type ApiForm = "first" | "second";

/** The states of a job. `Completed` and `Failed` are final. */
export type JobStatus = "Pending" | "Claimed" | "InProgress" | "Completed" | "Failed";

/** What runs jobs: a Flawless server (`wasm`), or a microVM (`firecracker`). */
export type WorkerType = "wasm" | "firecracker";

/** A job, with the same shape for both forms of the API. */
export interface Job {
  readonly id: string;
  readonly status: JobStatus;
  /** The job's payload, as published. Integers past 2^53 are `bigint`s. */
  readonly payload: JsonValue;
  /** The node (first form) or worker that claimed it. */
  readonly claimedBy: string | null;
  readonly completedBy: string | null;
  /** The registered worker that has it. First form: always `null`. */
  readonly assignedWorkerId: string | null;
  /** Unix seconds. */
  readonly createdAt: number;
  /** Unix seconds. */
  readonly updatedAt: number;
  /** Unix seconds. First form: always `null`. */
  readonly startedAt: number | null;
  /** Why it failed. First form: always `null`. */
  readonly errorMessage: string | null;
  /** The number of reassignments. First form: always 0. */
  readonly retryCount: number;
  /** The types of workers that may have it; if empty, any. */
  readonly workerTypes: readonly string[];
  /** The id of the request that published it, to find it in logs. mvm-ci: always `null`. */
  readonly requestId: string | null;
}

/** A job to publish. */
export interface NewJob {
  /** The job's id. Default: the server's choice (second form), or a random one. */
  readonly id?: string | undefined;
  /** The job's payload. */
  readonly payload: JsonValue;
  /** The types of workers that may have it. Default: any. mvm-ci ignores it. */
  readonly workerTypes?: readonly WorkerType[] | undefined;
}

/** The number of jobs in each state. */
export interface QueueStats {
  readonly total: number;
  readonly pending: number;
  readonly claimed: number;
  readonly inProgress: number;
  readonly completed: number;
  readonly failed: number;
}

/** The progress of a crawl, as reported by the workflow `crawler`. */
export interface UiUpdate {
  /** The number N of the job `job-N`. */
  readonly id: number;
  /** `Request` and `Parse` move the job to InProgress, `Done` to Completed, `Error` to Failed. */
  readonly status: "Request" | "Parse" | "Done" | "Error";
  readonly url: string;
  readonly urlsLeft: number;
}

/** The registration of a worker. */
export interface WorkerRegistration {
  readonly type: WorkerType;
  /** Its name and preferred id. The server assigns the id, which may differ. */
  readonly name: string;
  readonly cpuCores?: number | undefined;
  readonly memoryMb?: number | undefined;
  /** Anything else of interest, such as host name or version. */
  readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
}

/** A registered worker. */
export interface WorkerInfo {
  readonly id: string;
  readonly type: string;
  /** mvm-ci: `online`, `draining` or `offline`. Other servers may have more. */
  readonly status: string;
  /** The name it registered with; for mvm-ci's own workers, their iroh endpoint. */
  readonly name: string;
  /** Unix seconds. */
  readonly registeredAt: number;
  /** Unix seconds. */
  readonly lastHeartbeat: number;
  readonly cpuCores: number | null;
  readonly memoryMb: number | null;
  /** The number of jobs that it reported. */
  readonly activeJobs: number;
  readonly totalJobsCompleted: number;
  readonly metadata: JsonValue;
}

/** The numbers of workers. */
export interface WorkerStats {
  readonly total: number;
  readonly online: number;
  readonly draining: number;
  readonly offline: number;
  readonly totalActiveJobs: number;
  readonly totalCompletedJobs: number;
}

/** A node of the control plane. */
export interface ControlPlaneNode {
  readonly id: string;
  /** The Flawless server that it advertises to workers; `null` if it has none. */
  readonly flawlessUrl: string | null;
}

/** The control plane's health. */
export interface ControlPlaneHealth {
  /** `ok`, or another status from the server. */
  readonly status: string;
  /** What is wrong. */
  readonly reason: string | null;
  /** The server's whole response. */
  readonly details: JsonValue;
}

/** A message of a gossip topic, as a server-sent event. */
export interface GossipMessage {
  /** The event's type. */
  readonly event: string;
  /** The message's text. */
  readonly data: string;
  /** The event's id, if it has one. */
  readonly id: string | null;
}
