import { percentile } from "../report/statistics.ts";
import type { Scenario } from "../scenarios.ts";
import { cpuMilliseconds } from "../server/process-facts.ts";
import type { Starter } from "./starter.ts";

/** The results of one period of load. */
export interface LoadResult {
  /** How many starts got a response. */
  readonly starts: number;
  readonly startsPerSecond: number;
  /** Milliseconds from request to response. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Milliseconds of CPU that the server used for each start; undefined if there is no /proc. */
  readonly serverCpuMs: number | undefined;
  /** The same for this process, which contains the callers (and the site). */
  readonly clientCpuMs: number;
}

/** When to stop starting workflows: after so many milliseconds, or so many workflows in total. */
export type LoadEnd = { readonly durationMs: number } | { readonly starts: number };

/**
 * Keeps a number of callers busy; each waits for its response before it starts the next workflow.
 *
 * @param keyFor returns an idempotency key for each start, counted from 1. Default: no keys
 */
export async function runLoad(
  starter: Starter,
  serverPid: number,
  scenario: Scenario,
  callers: number,
  end: LoadEnd,
  keyFor?: (start: number) => string,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let begun = 0;
  const serverCpuBefore = cpuMilliseconds(serverPid);
  const clientCpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const goesOn = (): boolean =>
    "starts" in end ? begun < end.starts : performance.now() - startedAt < end.durationMs;
  const caller = async (): Promise<void> => {
    while (goesOn()) {
      begun += 1;
      const sentAt = performance.now();
      await starter.start(scenario, keyFor?.(begun));
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsedMs = performance.now() - startedAt;
  const clientCpu = process.cpuUsage(clientCpuBefore);
  const serverCpuAfter = cpuMilliseconds(serverPid);
  latencies.sort((a, b) => a - b);
  return {
    starts: latencies.length,
    startsPerSecond: (latencies.length * 1000) / elapsedMs,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    serverCpuMs:
      serverCpuBefore === undefined || serverCpuAfter === undefined
        ? undefined
        : (serverCpuAfter - serverCpuBefore) / latencies.length,
    clientCpuMs: (clientCpu.user + clientCpu.system) / 1000 / latencies.length,
  };
}
