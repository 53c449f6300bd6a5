/** How long and how often to measure. One of these bounds every loop of the benchmark. */
export interface Plan {
  /** Milliseconds of load before each combination of workflow and callers is first measured. */
  readonly warmUpMs: number;
  /** Milliseconds for measuring each combination in one round. */
  readonly roundMs: number;
  /** Each round goes through all combinations, so that a slow moment of the machine affects all of them. */
  readonly rounds: number;
  /** How often a server is started to measure when it is ready. */
  readonly serverStarts: number;
  /** The number of workflows that are run to find out how much disk space one takes. */
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
