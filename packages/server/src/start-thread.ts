import type { Worker, WorkerOptions } from "node:worker_threads";
import { startThread as startThreadFrom } from "@flawless-ts/sqlite-thread";

/**
 * Starts one of this package's threads.
 *
 * @param path below this folder, without the file extension
 */
export function startThread(path: string, options: WorkerOptions): Worker {
  return startThreadFrom(import.meta.url, `./${path}`, options);
}
