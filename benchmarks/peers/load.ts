import { percentile } from "../report/statistics.ts";

/** One period of load. */
export interface Stretch {
  readonly workflowsPerSecond: number;
  /** Milliseconds from call to response. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many workflows responded. */
  readonly workflows: number;
  /**
   * Whether the time was up before all callers got their responses. If so, latencies include unanswered calls with the
   * time that they had taken so far, and are too low.
   */
  readonly cut: boolean;
}

/** When to stop. */
export interface LoadEnd {
  /** The number of milliseconds in which calls may begin. */
  readonly durationMs: number;
  /** The max number of calls. Default: as many as there is time for. */
  readonly workflows?: number;
  /** The number of milliseconds after which unanswered calls are abandoned. */
  readonly maxMs: number;
}

/**
 * Keeps a number of callers busy; each waits for its response before it calls again. Calls that began in time are
 * waited for and count, with the time that they take.
 *
 * @throws Error if a call fails
 */
export async function runLoad(
  call: () => Promise<void>,
  callers: number,
  end: LoadEnd,
): Promise<Stretch> {
  const latencies: number[] = [];
  /** When each caller began its current call. */
  const waitingSince = new Map<number, number>();
  let begun = 0;
  let over = false;
  const startedAt = performance.now();
  const goesOn = (): boolean =>
    !over &&
    begun < (end.workflows ?? Number.POSITIVE_INFINITY) &&
    // Each caller makes at least one call, however short the time is.
    (begun < callers || performance.now() - startedAt < end.durationMs);
  const caller = async (_: unknown, number: number): Promise<void> => {
    while (goesOn()) {
      begun += 1;
      const calledAt = performance.now();
      waitingSince.set(number, calledAt);
      await call();
      waitingSince.delete(number);
      if (!over) {
        latencies.push(performance.now() - calledAt);
      }
    }
  };
  const timeUp = Promise.withResolvers<void>();
  const timer = setTimeout(timeUp.resolve, end.maxMs);
  try {
    await Promise.race([Promise.all(Array.from({ length: callers }, caller)), timeUp.promise]);
  } finally {
    over = true;
    clearTimeout(timer);
  }
  const endedAt = performance.now();
  const answered = latencies.length;
  const cut = waitingSince.size > 0;
  latencies.push(...[...waitingSince.values()].map((since) => endedAt - since));
  latencies.sort((a, b) => a - b);
  return {
    workflowsPerSecond: (answered * 1000) / (endedAt - startedAt),
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    workflows: answered,
    cut,
  };
}
