/** How long and how often to measure. One of these bounds every loop of the benchmark. */
export interface LimitPlan {
  /** Milliseconds of load before a combination of contender, workflow and callers is first measured. */
  readonly warmUpMs: number;
  /** Milliseconds for measuring each combination in one round. */
  readonly roundMs: number;
  /** Each round goes through all combinations, so that a slow moment of the machine affects all of them. */
  readonly rounds: number;
  /** The number of writes with fsync in each round. */
  readonly fsyncs: number;
  /** The number of workflows that are run to find out how much disk space one takes. */
  readonly workflowsOnDisk: number;
  /** Milliseconds for each profile. */
  readonly profileMs: number;
}

export const fullPlan: LimitPlan = {
  warmUpMs: 1_000,
  roundMs: 1_500,
  rounds: 7,
  fsyncs: 100,
  workflowsOnDisk: 1_000,
  profileMs: 4_000,
};

export const quickPlan: LimitPlan = {
  warmUpMs: 200,
  roundMs: 300,
  rounds: 2,
  fsyncs: 20,
  workflowsOnDisk: 100,
  profileMs: 1_000,
};
