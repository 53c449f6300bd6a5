/** How long and how often to measure. Every loop of the benchmark is bounded by one of these. */
export interface Plan {
  /** Rounds go through all engines in turn, each round beginning with another one. */
  readonly rounds: number;
  /** Starts of each engine that are timed. */
  readonly starts: number;
  /** Milliseconds of load at 64 callers with each kind of workflow, before an engine is measured in a round. */
  readonly warmUpMs: number;
  /** Milliseconds in which callers begin workflows, for each kind of workflow and number of callers. */
  readonly stretchMs: number;
  /** Milliseconds after which calls of a stretch are given up that are still not answered. */
  readonly stretchMostMs: number;
  /** Milliseconds that an engine is left alone before its memory is looked at. */
  readonly settleMs: number;
  /** Workflows of one kind that are run to see what one takes on disk. */
  readonly workflowsOnDisk: number;
  /** Milliseconds in which these are begun: slow engines run fewer. */
  readonly diskMs: number;
  /** The whole run ends after so many milliseconds, whatever hangs. */
  readonly maxMs: number;
}

export const fullPlan: Plan = {
  rounds: 3,
  starts: 15,
  warmUpMs: 2_000,
  stretchMs: 4_000,
  stretchMostMs: 60_000,
  settleMs: 2_000,
  workflowsOnDisk: 1_000,
  diskMs: 30_000,
  maxMs: 2 * 3_600_000,
};

export const quickPlan: Plan = {
  rounds: 1,
  starts: 1,
  warmUpMs: 500,
  stretchMs: 800,
  stretchMostMs: 20_000,
  settleMs: 500,
  workflowsOnDisk: 100,
  diskMs: 3_000,
  maxMs: 20 * 60_000,
};
