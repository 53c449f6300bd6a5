import type { Worker, WorkerOptions } from "node:worker_threads";
import { startThread as startThreadFrom } from "@flawless-ts/wasm-module/internal/node";

/**
 * Starts one of this package's threads.
 *
 * @param name of a file in this folder, without ending
 */
export function startThread(name: string, options: WorkerOptions): Worker {
  return startThreadFrom(import.meta.url, `./${name}`, options);
}
