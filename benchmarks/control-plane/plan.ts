/** How much to measure. Every loop of the benchmark is bounded by one of these. */
export interface Plan {
  readonly callers: number;
  /** Jobs that each contender publishes, and then completes, in one round. */
  readonly jobs: number;
  /** The same before the first round, not measured. */
  readonly warmUpJobs: number;
  /** Rounds go through all contenders in turn, so that a slow moment of the machine spoils none alone. */
  readonly rounds: number;
  /** But for the first, no round begins that may end later than so many milliseconds after the first one began. */
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
