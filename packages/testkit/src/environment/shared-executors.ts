import { ExecutorPool } from "@flawless-ts/server/internal";
import { realTimers } from "./real-timers.ts";

let pool: ExecutorPool | undefined;

/** The threads that run the workflows of all environments in this process. They end with the process. */
export function sharedExecutors(): ExecutorPool {
  pool ??= new ExecutorPool({ timers: realTimers });
  return pool;
}
