/** How long and how often to measure. One of these bounds every loop of the benchmark. */
export interface Plan {
  /** Each round goes through all engines, starting with a different one. */
  readonly rounds: number;
  /** The number of timed starts of each engine. */
  readonly starts: number;
  /** Milliseconds of load with 64 callers and each kind of workflow, before an engine is measured in a round. */
  readonly warmUpMs: number;
  /** For how many milliseconds callers start workflows, for each kind of workflow and number of callers. */
  readonly stretchMs: number;
  /** Milliseconds after which the unanswered calls of a stretch are abandoned. */
  readonly stretchMostMs: number;
  /** Milliseconds that an engine stays idle before its memory is measured. */
  readonly settleMs: number;
  /** The number of workflows that are run to find out how much disk space one takes. */
  readonly workflowsOnDisk: number;
  /** Milliseconds in which these may begin: slow engines run fewer. */
  readonly diskMs: number;
  /** The whole run ends after this many milliseconds, even if something hangs. */
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
  maxMs: 30 * 60_000,
};

/** A plan with another number of rounds, and with more time if there are more of them. */
export function withRounds(plan: Plan, rounds: number): Plan {
  return { ...plan, rounds, maxMs: plan.maxMs * Math.max(1, rounds / plan.rounds) };
}
