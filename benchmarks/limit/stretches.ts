/** What a child process should do: the same thing repeatedly. */
export interface StretchRequest {
  readonly what: string;
  readonly durationMs: number;
  /** How many run at the same time. */
  readonly callers: number;
}

/** The results of one stretch. */
export interface StretchReply {
  readonly count: number;
  readonly elapsedMs: number;
  /** Milliseconds of CPU of the whole child process. */
  readonly cpuMs: number;
  /** Milliseconds for each, unordered. */
  readonly latencies: readonly number[];
}

/** In a child process: does what messages ask for until its parent is gone, and reports when it is ready. */
export function serveStretches(works: Readonly<Record<string, () => Promise<unknown>>>): void {
  process.on("message", ({ what, durationMs, callers }: StretchRequest) => {
    const work = works[what];
    if (work === undefined) {
      throw new Error(`there is no ${what}`);
    }
    void stretch(work, durationMs, callers).then((reply) => process.send?.(reply));
  });
  process.on("disconnect", () => process.exit());
  process.send?.("ready");
}

async function stretch(
  work: () => Promise<unknown>,
  durationMs: number,
  callers: number,
): Promise<StretchReply> {
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    do {
      const begunAt = performance.now();
      await work();
      latencies.push(performance.now() - begunAt);
    } while (performance.now() - startedAt < durationMs);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const { user, system } = process.cpuUsage(cpu);
  return {
    count: latencies.length,
    elapsedMs: performance.now() - startedAt,
    cpuMs: (user + system) / 1000,
    latencies,
  };
}
