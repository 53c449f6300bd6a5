import { wholeSeconds } from "../../whole-seconds.ts";
import type { PlanOptions, WorkerPlan } from "./cluster-plan.ts";

/** What a worker's command is told. */
export interface WorkerSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** The variables and arguments of a worker that say nothing of where others are. */
export function workerSettings({ id }: WorkerPlan, options: PlanOptions): WorkerSettings {
  const { heartbeatIntervalMs, workerFlawlessUrl } = options;
  const args = [
    ["--concurrency", options.concurrency],
    ["--idle-delay", options.idleDelayMs],
    ["--error-delay", options.errorDelayMs],
  ] as const;
  return {
    environment: {
      WORKER_ID: id,
      ...(heartbeatIntervalMs === undefined
        ? {}
        : {
            WORKER_HEARTBEAT_INTERVAL_SECS: wholeSeconds(
              "heartbeatIntervalMs",
              heartbeatIntervalMs,
            ),
          }),
      ...(workerFlawlessUrl === undefined ? {} : { FLAWLESS_URL: workerFlawlessUrl }),
    },
    args: args.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
  };
}
