import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";
import { PostgresServer } from "@flawless-ts/testkit/internal";
import { repeat } from "../measure/repeat.ts";
import { percentile } from "../report/statistics.ts";
import type { NodeProcess } from "./node-process.ts";
import type { FailOver, Pauses } from "./report.ts";
import { startNodes } from "./start-nodes.ts";
import { StepsSite } from "./steps-site.ts";

const fixture = fileURLToPath(
  import.meta.resolve("@flawless-ts/wasm-module/fixtures/conformance.wasm"),
);

export const leaseMs = 5_000;
/** How long each request takes. */
export const stepMs = 2_000;
const before = 10_000;
const after = 20_000;

/** Ends one of three nodes while workflows run on all of them, and callers continue to start more. */
export async function failOver(running: number, how: "kill" | "stop"): Promise<FailOver> {
  console.error(`${how}: one of three nodes with ${running} running workflows ...`);
  await using database = await PostgresServer.start({ durable: true });
  await using site = await StepsSite.open(stepMs);
  const nodes = await startNodes(database.url, 3, `${leaseMs}ms`);
  await using flawless = new Flawless({ url: nodes.map(({ url }) => url) as [string] });
  const module = await flawless.deploy(readFileSync(fixture));
  const steps = Math.ceil((before + after + 60_000) / stepMs);
  await repeat(running, 32, async (_caller, number) => {
    const urls = site.urls(number, steps);
    // Distributed evenly over the nodes: a client stays with one.
    await using one = new Flawless({ url: nodes[number % nodes.length]?.url ?? "" });
    const here = one.module(module.name, module.version);
    await here.start("http_sequence", { urls, idempotent: isRepeatable(number) } as never);
  });
  const callers = new AbortController();
  const latencies: number[] = [];
  const failures: string[] = [];
  const calling = repeat(4, 4, async (caller) => {
    for (let call = 0; !callers.signal.aborted; call += 1) {
      const startedAt = performance.now();
      try {
        const options = { idempotencyKey: `${how}-${caller}-${call}` };
        await module.execute("noop", null, options);
      } catch (error) {
        failures.push(String(error));
      }
      latencies.push(performance.now() - startedAt);
      await sleep(50);
    }
  });
  await sleep(before);
  const [victim] = nodes as [NodeProcess];
  const endedAt = performance.now();
  const ended = victim[how]();
  await sleep(after);
  await ended;
  callers.abort();
  await calling;
  await Promise.all(nodes.map((node) => node.kill()));
  const all = [...site.seen];
  const pausesOf = (repeatable: boolean): Pauses =>
    summary(
      all
        .filter(([number]) => isRepeatable(number) === repeatable)
        .map(([, times]) => longestPause(times, endedAt)),
    );
  return {
    repeatable: pausesOf(true),
    once: pausesOf(false),
    repeated: site.repeated,
    failures: failures.length,
    slowestCall: Math.max(...latencies),
    // How many steps began in each half second before and after the end.
    steps: histogram(
      all.flatMap(([, times]) => times),
      endedAt,
    ),
  };
}

/** Nine of ten workflows make requests that may be retried. */
function isRepeatable(number: number): boolean {
  return number % 10 !== 9;
}

function summary(pauses: readonly number[]): Pauses {
  const sorted = pauses.toSorted((one, other) => one - other);
  return {
    p50: percentile(sorted, 50),
    p99: percentile(sorted, 99),
    longest: Math.max(...sorted),
    stuck: sorted.filter((pause) => pause === Infinity).length,
  };
}

/** The longest time between two steps after the node's end, minus the duration of a step. */
function longestPause(times: readonly number[], endedAt: number): number {
  const last = times.findLast((time) => time <= endedAt) ?? endedAt;
  const later = times.filter((time) => time > endedAt);
  if (later.length === 0) {
    return Infinity;
  }
  const all = [last, ...later];
  const pauses = later.map((time, index) => time - (all[index] ?? time));
  return Math.max(0, Math.max(...pauses) - stepMs);
}

function histogram(
  times: readonly number[],
  endedAt: number,
): readonly (readonly [number, number])[] {
  const bucketMs = 500;
  const counts = new Map<number, number>();
  for (const time of times) {
    const bucket = Math.floor((time - endedAt) / bucketMs);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const first = -before / bucketMs;
  const last = after / bucketMs;
  return Array.from({ length: last - first }, (_, index) => {
    const bucket = first + index;
    return [(bucket * bucketMs) / 1_000, ((counts.get(bucket) ?? 0) * 1_000) / bucketMs] as const;
  });
}
