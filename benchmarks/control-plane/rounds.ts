import { repeat } from "../measure/repeat.ts";
import { percentile } from "../report/statistics.ts";
import type { Contender } from "./contender.ts";
import type { Plan } from "./plan.ts";

/** A period of load: many jobs and many callers, each of which waits for its response before it continues. */
export interface Stretch {
  readonly perSecond: number;
  /** Milliseconds for each job. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The results of one contender's rounds. */
export interface Measured {
  readonly name: string;
  readonly publish: readonly Stretch[];
  readonly complete: readonly Stretch[];
}

/** A queue may return nothing while others claim at the same time, but not forever. */
const maxEmptyClaims = 1_000;

/**
 * Measures contenders in turn, starting each round with a different one.
 * @throws Error if a job was lost, or done twice
 */
export async function runRounds(
  contenders: readonly Contender[],
  plan: Plan,
): Promise<readonly Measured[]> {
  for (const contender of contenders) {
    await runRound(contender, plan, plan.warmUpJobs);
  }
  const measured = contenders.map(({ name }) => ({
    name,
    publish: [] as Stretch[],
    complete: [] as Stretch[],
  }));
  const startedAt = performance.now();
  let maxMs = 0;
  for (let round = 0; round < plan.rounds; round += 1) {
    const roundAt = performance.now();
    if (round > 0 && roundAt + maxMs > startedAt + plan.budgetMs) {
      break;
    }
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (round + turn) % contenders.length;
      const [contender, into] = [contenders[index], measured[index]];
      if (contender !== undefined && into !== undefined) {
        const { publish, complete } = await runRound(contender, plan, plan.jobs);
        into.publish.push(publish);
        into.complete.push(complete);
      }
    }
    maxMs = Math.max(maxMs, performance.now() - roundAt);
  }
  return measured;
}

async function runRound(
  contender: Contender,
  plan: Plan,
  jobs: number,
): Promise<{ readonly publish: Stretch; readonly complete: Stretch }> {
  const before = await contender.count();
  const publish = await runStretch(plan.callers, jobs, () => contender.publish());
  let emptyClaims = 0;
  const complete = await runStretch(plan.callers, jobs, async (caller) => {
    while (!(await contender.complete(caller))) {
      emptyClaims += 1;
      if (emptyClaims > maxEmptyClaims) {
        throw new Error(`${contender.name} hands out no jobs, although there are some`);
      }
    }
  });
  const { completed, others } = await contender.count();
  if (completed !== before.completed + jobs || others !== 0) {
    throw new Error(
      `${contender.name} should have completed ${before.completed + jobs} jobs, with none left, ` +
        `but completed ${completed}, with ${others} left`,
    );
  }
  return { publish, complete };
}

async function runStretch(
  callers: number,
  jobs: number,
  work: (caller: number) => Promise<void>,
): Promise<Stretch> {
  const times: number[] = [];
  const startedAt = performance.now();
  await repeat(jobs, callers, async (caller) => {
    const jobAt = performance.now();
    await work(caller);
    times.push(performance.now() - jobAt);
  });
  const elapsedMs = performance.now() - startedAt;
  times.sort((a, b) => a - b);
  return {
    perSecond: (jobs * 1000) / elapsedMs,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
  };
}
