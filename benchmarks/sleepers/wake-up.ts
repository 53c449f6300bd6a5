import { setTimeout as sleep } from "node:timers/promises";
import { Flawless } from "@flawless-ts/sdk";
import { percentile } from "../report/statistics.ts";

const askEveryMs = 200;
const maxMs = 60_000;

/** How late workflows woke. */
export interface WakeUpLatency {
  /** Milliseconds from a workflow's deadline to its end: it was found, read, rebuilt, and run to the end. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly latestMs: number;
}

/**
 * Waits until this many workflows that had to wake at the same time have ended.
 *
 * @param at milliseconds since the Unix epoch
 * @throws Error if they have not ended after a minute
 */
export async function measureWakeUp(
  url: string,
  count: number,
  at: number,
): Promise<WakeUpLatency> {
  await using flawless = new Flawless({ url });
  await sleep(Math.max(0, at - Date.now()));
  for (;;) {
    await sleep(askEveryMs);
    const latencies: number[] = [];
    for await (const { endedAt } of flawless.workflows({ status: "completed" })) {
      if (endedAt !== null && Date.parse(endedAt) >= at) {
        latencies.push(Date.parse(endedAt) - at);
      }
    }
    if (latencies.length >= count) {
      latencies.sort((a, b) => a - b);
      return {
        p50Ms: percentile(latencies, 50),
        p99Ms: percentile(latencies, 99),
        latestMs: latencies.at(-1) ?? 0,
      };
    }
    if (Date.now() > at + maxMs) {
      throw new Error(`${latencies.length} of ${count} workflows were awake after a minute`);
    }
  }
}
