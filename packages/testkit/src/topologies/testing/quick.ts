import type { ClusterOptions } from "../cluster-options.ts";

/** Lost workers are noticed within seconds, jobs are picked up immediately, and reassigned without limit. */
export const quick: Omit<ClusterOptions, "topology"> = {
  heartbeatIntervalMs: 1_000,
  workerTimeoutMs: 3_000,
  maxRetries: 20,
  idleDelayMs: 50,
  errorDelayMs: 200,
  // Machines that run many containers at once are slow.
  startupTimeoutMs: 180_000,
};
