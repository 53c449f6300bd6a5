import {
  array,
  boolean,
  either,
  mapped,
  nullish,
  number,
  object,
  oneOf,
  optional,
  present,
  type Shape,
  ShapeError,
  string,
} from "../http/shape.ts";
import type { JsonValue } from "@flawless-ts/wasm-module";
import type {
  ControlPlaneNode,
  Job,
  JobStatus,
  QueueStats,
  WorkerInfo,
  WorkerStats,
} from "./types.ts";

// Members that are not listed here are ignored, because a newer server may have more.

// The result of JSON.parse is always JSON.
const json = optional(present<JsonValue>, null);
const text = nullish(string, null);
const count = nullish(number, 0);
const optionalNumber = nullish(number, null);

/** All states of a job, as in the API. */
export const jobStatuses: readonly JobStatus[] = [
  "Pending",
  "Claimed",
  "InProgress",
  "Completed",
  "Failed",
];

/** The first form's id is `job_id`, the second's `id`. */
export const job: Shape<Job> = mapped(
  object({
    id: optional(string),
    job_id: optional(string),
    status: oneOf(jobStatuses),
    payload: json,
    claimed_by: text,
    completed_by: text,
    assigned_worker_id: text,
    created_at: number,
    updated_at: number,
    started_at: optionalNumber,
    error_message: text,
    retry_count: count,
    compatible_worker_types: nullish(array(string), []),
    request_id: text,
  }),
  (wire, path) => ({
    id: (wire.id ?? wire.job_id) || missingId(path),
    status: wire.status,
    payload: wire.payload,
    claimedBy: wire.claimed_by,
    completedBy: wire.completed_by,
    assignedWorkerId: wire.assigned_worker_id,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
    startedAt: wire.started_at,
    errorMessage: wire.error_message,
    retryCount: wire.retry_count,
    workerTypes: wire.compatible_worker_types,
    requestId: wire.request_id,
  }),
);

function missingId(path: string): never {
  throw new ShapeError(`expected \`id\` or \`job_id\` at ${path || "its top"}`);
}

export const jobs: Shape<readonly Job[]> = array(job);

/** The first form has no `total`. */
export const queueStats: Shape<QueueStats> = mapped(
  object({
    total: optional(number),
    pending: number,
    claimed: number,
    in_progress: number,
    completed: number,
    failed: number,
  }),
  ({ total, pending, claimed, in_progress: inProgress, completed, failed }) => ({
    total: total ?? pending + claimed + inProgress + completed + failed,
    pending,
    claimed,
    inProgress,
    completed,
    failed,
  }),
);

export const worker: Shape<WorkerInfo> = mapped(
  object({
    id: string,
    worker_type: string,
    status: string,
    endpoint_id: nullish(string, ""),
    registered_at: number,
    last_heartbeat: number,
    cpu_cores: optionalNumber,
    memory_mb: optionalNumber,
    active_jobs: count,
    total_jobs_completed: count,
    metadata: json,
  }),
  (wire) => ({
    id: wire.id,
    type: wire.worker_type,
    status: wire.status,
    name: wire.endpoint_id,
    registeredAt: wire.registered_at,
    lastHeartbeat: wire.last_heartbeat,
    cpuCores: wire.cpu_cores,
    memoryMb: wire.memory_mb,
    activeJobs: wire.active_jobs,
    totalJobsCompleted: wire.total_jobs_completed,
    metadata: wire.metadata,
  }),
);

export const workers: Shape<readonly WorkerInfo[]> = array(worker);

/** The response to a registration is the worker's id, or the worker. */
export const registeredId: Shape<string> = either(
  mapped(object({ worker_id: string }), ({ worker_id: id }) => id),
  mapped(object({ id: string }), ({ id }) => id),
);

export const workerStats: Shape<WorkerStats> = mapped(
  object({
    total: number,
    online: number,
    draining: number,
    offline: number,
    total_active_jobs: count,
    total_completed_jobs: count,
  }),
  (wire) => ({
    total: wire.total,
    online: wire.online,
    draining: wire.draining,
    offline: wire.offline,
    totalActiveJobs: wire.total_active_jobs,
    totalCompletedJobs: wire.total_completed_jobs,
  }),
);

export const storedHash: Shape<string> = mapped(object({ hash: string }), ({ hash }) => hash);

const node = mapped(
  object({ id: optional(string), node_id: optional(string), flawless_url: text }),
  ({ id, node_id: nodeId, flawless_url: flawlessUrl }) => ({
    id: id ?? nodeId ?? "",
    flawlessUrl,
  }),
);

export const nodes: Shape<readonly ControlPlaneNode[]> = either(
  array(node),
  mapped(object({ nodes: array(node) }), ({ nodes: all }) => all),
);

/** `GET /health` of @flawless-ts/control-plane. */
export const serviceHealth: Shape<{ readonly status: string; readonly reason: string | null }> =
  object({ status: string, reason: text });

/** The health routes of mvm-ci. */
export const databaseHealth: Shape<{ readonly is_healthy: boolean; readonly has_leader: boolean }> =
  object({ is_healthy: boolean, has_leader: nullish(boolean, true) });
