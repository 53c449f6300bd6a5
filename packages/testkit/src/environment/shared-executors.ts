import { ExecutorPool } from "@flawless-ts/server";

let pool: ExecutorPool | undefined;

/** The threads that all environments of this process run their workflows in. They end with the process. */
export function sharedExecutors(): ExecutorPool {
  pool ??= new ExecutorPool();
  return pool;
}
