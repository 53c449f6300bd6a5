/** How long and how often to measure. Every loop of the benchmark is bounded by one of these. */
export interface LimitPlan {
  /** Milliseconds of load before a combination of contender, workflow and callers is measured first. */
  readonly warmUpMs: number;
  /** Milliseconds that each combination is measured for in one round. */
  readonly roundMs: number;
  /** Rounds go through all combinations in turn, so that a slow moment of the machine spoils none alone. */
  readonly rounds: number;
  /** Writes with fsync in each round. */
  readonly fsyncs: number;
  /** Workflows of one kind that are run to see what one takes on disk. */
  readonly workflowsOnDisk: number;
  /** Milliseconds that each profile is taken for. */
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
