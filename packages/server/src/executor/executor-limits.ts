import type { ExecutorPoolOptions } from "./executor-pool.ts";

/** The names of all options of a pool that are numbers. */
export const executorLimits: readonly Exclude<
  keyof ExecutorPoolOptions,
  "usedMemory" | "timers"
>[] = ["threads", "guestTimeLimitMs", "moveNeighboursAfterMs", "processMemoryBytes"];
