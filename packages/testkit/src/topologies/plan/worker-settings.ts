import { wholeSeconds } from "../../whole-seconds.ts";
import type { PlanOptions, WorkerPlan } from "./cluster-plan.ts";

/** The settings of a worker's command. */
export interface WorkerSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** The variables and arguments of a worker that don't depend on other members' addresses. */
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
