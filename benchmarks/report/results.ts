import type { DiskResult } from "../measure/disk.ts";
import type { Machine } from "../measure/machine.ts";
import type { LoadedServer } from "../measure/speed.ts";
import type { Plan } from "../plan.ts";

/** All results of one run. */
export interface Results extends LoadedServer {
  readonly date: Date;
  readonly plan: Plan;
  readonly machine: Machine;
  /** Milliseconds from process start to ready, for each start. */
  readonly readyMs: readonly number[];
  readonly disk: readonly DiskResult[];
}
