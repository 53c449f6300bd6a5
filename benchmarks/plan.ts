/** How long and how often to measure. Every loop of the benchmark is bounded by one of these. */
export interface Plan {
  /** Milliseconds of load before each combination of workflow and callers is measured first. */
  readonly warmUpMs: number;
  /** Milliseconds that each combination is measured for in one round. */
  readonly roundMs: number;
  /** Rounds go through all combinations in turn, so that a slow moment of the machine spoils none alone. */
  readonly rounds: number;
  /** How often a server is started to see when it is ready. */
  readonly serverStarts: number;
  /** Workflows of one kind that are run to see what one takes on disk. */
  readonly workflowsOnDisk: number;
}

export const fullPlan: Plan = {
  warmUpMs: 600,
  roundMs: 1_800,
  rounds: 3,
  serverStarts: 10,
  workflowsOnDisk: 1_000,
};

export const quickPlan: Plan = {
  warmUpMs: 100,
  roundMs: 200,
  rounds: 2,
  serverStarts: 3,
  workflowsOnDisk: 100,
};
