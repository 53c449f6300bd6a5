/** How much to measure. One of these bounds every loop of the benchmark. */
export interface Plan {
  readonly callers: number;
  /** The number of jobs that each contender publishes, and then completes, in one round. */
  readonly jobs: number;
  /** The same for the warm-up before the first round, which is not measured. */
  readonly warmUpJobs: number;
  /** Each round goes through all contenders, so that a slow moment of the machine affects all of them. */
  readonly rounds: number;
  /** Except for the first, no round begins that might end later than this many milliseconds after the first began. */
  readonly budgetMs: number;
}

export const fullPlan: Plan = {
  callers: 32,
  jobs: 1_000,
  warmUpJobs: 1_000,
  rounds: 15,
  budgetMs: 50_000,
};

export const quickPlan: Plan = {
  callers: 32,
  jobs: 500,
  warmUpJobs: 500,
  rounds: 3,
  budgetMs: 10_000,
};
