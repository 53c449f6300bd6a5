import type { JsonValue } from "@flawless-ts/wasm-module";

/** Which form of the mvm-ci API a server speaks: the first (`/queue/...`), or the second (`/api/queue/...`). */
export type ApiForm = "first" | "second";

/** The states of a job. `Completed` and `Failed` are never left. */
export type JobStatus = "Pending" | "Claimed" | "InProgress" | "Completed" | "Failed";

/** What runs jobs: a Flawless server (`wasm`), or a microVM (`firecracker`). */
export type WorkerType = "wasm" | "firecracker";

/** A job, in one shape for both forms of the API. */
export interface Job {
  readonly id: string;
  readonly status: JobStatus;
  /** What the job is about, as it was published. Integers past 2^53 are `bigint`s. */
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
  /** How often it was handed out again. First form: always 0. */
  readonly retryCount: number;
  /** Types of workers that may have it; none: any. */
  readonly workerTypes: readonly string[];
  /** The id of the request that published it, to find it again in logs. mvm-ci: always `null`. */
  readonly requestId: string | null;
}

/** What to publish. */
export interface NewJob {
  /** The job's id. Default: the server's choice (second form), or a random one. */
  readonly id?: string | undefined;
  /** What the job is about. */
  readonly payload: JsonValue;
  /** Types of workers that may have it. Default: any. mvm-ci does not look at it. */
  readonly workerTypes?: readonly WorkerType[] | undefined;
}

/** How many jobs there are in each state. */
export interface QueueStats {
  readonly total: number;
  readonly pending: number;
  readonly claimed: number;
  readonly inProgress: number;
  readonly completed: number;
  readonly failed: number;
}

/** The progress of a crawl, as the workflow `crawler` reports it. */
export interface UiUpdate {
  /** The number N of the job `job-N`. */
  readonly id: number;
  /** `Request` and `Parse` move the job to InProgress, `Done` to Completed, `Error` to Failed. */
  readonly status: "Request" | "Parse" | "Done" | "Error";
  readonly url: string;
  readonly urlsLeft: number;
}

/** Who wants to work. */
export interface WorkerRegistration {
  readonly type: WorkerType;
  /** A name for it, and the id that it wants. The server gives the id, which need not be the same. */
  readonly name: string;
  readonly cpuCores?: number | undefined;
  readonly memoryMb?: number | undefined;
  /** Anything else worth telling: host name, version. */
  readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
}

/** A registered worker. */
export interface WorkerInfo {
  readonly id: string;
  readonly type: string;
  /** mvm-ci: `online`, `draining` or `offline`. Other servers may have more. */
  readonly status: string;
  /** The name it registered under; mvm-ci's own workers tell their iroh endpoint. */
  readonly name: string;
  /** Unix seconds. */
  readonly registeredAt: number;
  /** Unix seconds. */
  readonly lastHeartbeat: number;
  readonly cpuCores: number | null;
  readonly memoryMb: number | null;
  /** How many jobs it said to have. */
  readonly activeJobs: number;
  readonly totalJobsCompleted: number;
  readonly metadata: JsonValue;
}

/** How many workers there are. */
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
  /** Its Flawless server, as it tells workers; `null`: it has none. */
  readonly flawlessUrl: string | null;
}

/** How the control plane is. */
export interface ControlPlaneHealth {
  /** `ok`, or what else the server says. */
  readonly status: string;
  /** What is wrong. */
  readonly reason: string | null;
  /** All that the server tells, as it tells it. */
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
