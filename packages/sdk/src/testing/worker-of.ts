import type { WorkerOptions } from "../worker/types.ts";
import { Worker } from "../worker/worker.ts";
import { clientOf } from "./client-of.ts";
import { controlPlaneOf } from "./control-plane-answers.ts";
import { HeldSleep } from "./held-sleep.ts";
import { LogLines } from "./log-lines.ts";

/** A worker under test. */
export interface TestWorker {
  readonly worker: Worker;
  readonly sleep: HeldSleep;
  readonly log: LogLines;
}

/** The held durations in milliseconds: heartbeats, and the time to finish. */
const held = [30_000, 8000];

/** A worker of these servers. Its clients are closed with it, and its pauses take no time, except for held ones. */
export function workerOf(
  plane: { readonly url: string },
  flawless: { readonly url: string } | null,
  options: Partial<WorkerOptions> = {},
  sleep: HeldSleep = new HeldSleep(...held),
): TestWorker {
  const log = new LogLines();
  const worker = new Worker({
    controlPlane: controlPlaneOf(plane),
    flawless: flawless === null ? undefined : clientOf(flawless),
    closeClients: true,
    logger: log,
    sleep: sleep.sleep,
    random: () => 0.5,
    ...options,
  });
  return { worker, sleep, log };
}
