import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane, Job, JobStatus } from "@flawless-ts/sdk";
import { mayPass } from "@flawless-ts/sdk/internal";
import { TestkitError } from "../errors.ts";
import type { ClusterWorker } from "./cluster-members.ts";
import type { Reachability } from "./reachability/explain-reachability.ts";

/** The parts of a cluster that waiting needs. */
export interface WatchedCluster {
  readonly controlPlane: Pick<ControlPlane, "job">;
  readonly workers: readonly ClusterWorker[];
  explainReachability(worker: ClusterWorker): Promise<Reachability>;
}

/** Options of `waitForJob`. */
export interface WaitForJobOptions {
  /** The state to wait for. Default: either final state, Completed or Failed. */
  readonly status?: JobStatus | undefined;
  /** How long to wait, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
}

const pauseMs = 50;
const askTimeoutMs = 5_000;

/** @see Cluster.waitForJob */
export async function waitForJob(
  cluster: WatchedCluster,
  id: string,
  { status, timeoutMs = 60_000 }: WaitForJobOptions,
): Promise<Job> {
  const end = performance.now() + timeoutMs;
  let last = "It was never seen.";
  for (;;) {
    try {
      const job = await cluster.controlPlane.job(id, { timeoutMs: askTimeoutMs });
      const ended = job !== null && (job.status === "Completed" || job.status === "Failed");
      if (job !== null && (status === undefined ? ended : job.status === status)) {
        return job;
      }
      last = describe(job);
      if (ended) {
        // Its state is final.
        throw await unfinished(cluster, id, `is not ${status ?? ""}`, last);
      }
    } catch (error) {
      // Waiting doesn't fix a wrong token or id.
      if (!mayPass(error)) {
        throw error;
      }
      last = `The control plane can't be asked: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() >= end) {
      throw await unfinished(cluster, id, `was not ready after ${timeoutMs} ms`, last);
    }
    await sleep(pauseMs);
  }
}

function describe(job: Job | null): string {
  if (job === null) {
    return "There is no such job.";
  }
  const who = job.assignedWorkerId === null ? "nobody has it" : `${job.assignedWorkerId} has it`;
  const why = job.errorMessage === null ? "" : `; ${job.errorMessage}`;
  return `It is ${job.status}, ${who}, and it was handed out again ${job.retryCount} times${why}.`;
}

async function unfinished(
  cluster: WatchedCluster,
  id: string,
  what: string,
  last: string,
): Promise<TestkitError> {
  const lines = await Promise.all(
    cluster.workers.map(async (worker) => {
      try {
        const reachability = await cluster.explainReachability(worker);
        return reachability.outcome === "ok" ? [] : [`${worker.id}: ${reachability.text}`];
      } catch (error) {
        return [`${worker.id}: ${error instanceof Error ? error.message : String(error)}`];
      }
    }),
  );
  const all = [`The job ${id} ${what}. ${last}`, ...lines.flat()];
  return new TestkitError("FLAWLESS_TESTKIT_JOB_UNFINISHED", all.join("\n"));
}
