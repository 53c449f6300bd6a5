import { Effect } from "effect";
import type { WorkerOptions } from "../worker/types.ts";
import { Worker } from "../worker/worker.ts";
import { attempt } from "./attempt.ts";
import type { WorkerError } from "./client-errors.ts";
import { trySync } from "./try-sync.ts";

/**
 * Runs a worker until its fiber is interrupted. Then it claims no more jobs, lets its jobs finish for `closeGraceMs`,
 * and returns the rest, which completes the interruption. Never ends by itself.
 *
 * ```ts
 * const program = Effect.gen(function* () {
 *   const { client: controlPlane } = yield* ControlPlaneClient;
 *   const { client: flawless } = yield* FlawlessClient;
 *   yield* runWorker({ controlPlane, flawless, concurrency: 4 });
 * });
 * ```
 */
export function runWorker(
  options: Omit<WorkerOptions, "signal" | "closeClients">,
): Effect.Effect<void, WorkerError> {
  return Effect.acquireUseRelease(
    trySync(() => new Worker(options)),
    (worker) => attempt<void, WorkerError>("Worker.run", () => worker.run()),
    (worker) => Effect.promise(() => worker.close()),
  );
}
