import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Flawless } from "@flawless-ts/sdk";
import { PostgresServer } from "@flawless-ts/testkit/internal";
import { describeMachine } from "../measure/machine.ts";
import { percentile } from "../report/statistics.ts";
import { runBenchmark } from "../run-benchmark.ts";
import { drawFailOver } from "./draw-fail-over.ts";
import { NodeProcess } from "./node-process.ts";
import { type FailOver, type FailOverResults, formatFailOver } from "./report.ts";
import { StepsSite } from "./steps-site.ts";

const root = new URL("../../", import.meta.url);
const fixture = fileURLToPath(new URL("packages/wasm-module/fixtures/wasm/conformance.wasm", root));
const usage = `Usage: node benchmarks/cluster/failover.ts [--quick]

  --quick     100 running workflows instead of 1,000; docs/ stays as it is`;

const leaseMs = 5_000;
const stepMs = 2_000;
const before = 10_000;
const after = 20_000;

interface Options {
  readonly quick: boolean;
}

async function main({ quick }: Options): Promise<void> {
  const running = quick ? 100 : 1_000;
  const results: FailOverResults = {
    machine: describeMachine("/tmp"),
    running,
    leaseMs,
    stepMs,
    kill: await failOver(running, "kill"),
    stop: await failOver(running, "stop"),
    nodes: [await throughput(1), await throughput(2)],
  };
  const text = formatFailOver(results);
  console.log(text);
  if (!quick) {
    writeFileSync(new URL("docs/benchmarks-failover.md", root), text);
    writeFileSync(new URL("docs/plots/fail-over.svg", root), drawFailOver(results));
  }
}

/** Ends one of three nodes while workflows run on all of them, and callers go on starting others. */
async function failOver(running: number, how: "kill" | "stop"): Promise<FailOver> {
  console.error(`${how}: one of three nodes with ${running} running workflows ...`);
  await using database = await PostgresServer.start({ durable: true });
  await using site = await StepsSite.open(stepMs);
  const nodes = await startNodes(database.url, 3);
  await using flawless = new Flawless({ url: nodes.map(({ url }) => url) as [string] });
  const module = await flawless.deploy(readFileSync(fixture));
  const steps = Math.ceil((before + after + 60_000) / stepMs);
  await inParallel(running, 32, async (number) => {
    const urls = site.urls(number, steps);
    // At all nodes alike: a client stays with one.
    await using one = new Flawless({ url: nodes[number % nodes.length]?.url ?? "" });
    const here = one.module(module.name, module.version);
    await here.start("http_sequence", { urls, idempotent: true } as never);
  });
  const callers = new AbortController();
  const latencies: number[] = [];
  const failures: string[] = [];
  const calling = inParallel(4, 4, async (caller) => {
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
  const paused = [...site.seen.values()]
    .map((times) => longestPause(times, endedAt))
    .toSorted((one, other) => one - other);
  await Promise.all(nodes.map((node) => node.kill()));
  return {
    pauses: {
      p50: percentile(paused, 50),
      p99: percentile(paused, 99),
      longest: Math.max(...paused),
    },
    stuck: paused.filter((pause) => pause === Infinity).length,
    failures: failures.length,
    slowestCall: Math.max(...latencies),
    // How many steps began in each half second around the end.
    steps: histogram([...site.seen.values()].flat(), endedAt),
  };
}

/** The longest time between two steps from the end of the node on, beyond what a step takes. */
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

/** How many workflows that do nothing so many nodes end in a second, for 64 callers. */
async function throughput(
  count: number,
): Promise<{ readonly nodes: number; readonly perSecond: number }> {
  console.error(`${count} ${count === 1 ? "node" : "nodes"}: workflows that do nothing ...`);
  await using database = await PostgresServer.start({ durable: true });
  const nodes = await startNodes(database.url, count);
  const clients = nodes.map(({ url }) => new Flawless({ url }));
  const [first] = clients as [Flawless];
  const { name, version } = await first.deploy(readFileSync(fixture));
  const modules = clients.map((client) => client.module(name, version));
  let done = 0;
  const until = performance.now() + 15_000;
  let counted = 0;
  const countFrom = performance.now() + 5_000;
  await inParallel(64, 64, async (caller) => {
    while (performance.now() < until) {
      await modules[caller % modules.length]?.execute("noop", null);
      done += 1;
      counted += performance.now() >= countFrom ? 1 : 0;
    }
  });
  const seconds = (performance.now() - countFrom) / 1_000;
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(nodes.map((node) => node.kill()));
  console.error(`${done} in all`);
  return { nodes: count, perSecond: counted / seconds };
}

async function startNodes(url: string, count: number): Promise<readonly NodeProcess[]> {
  const nodes: NodeProcess[] = [];
  for (let node = 0; node < count; node += 1) {
    nodes.push(await NodeProcess.start(`node-${node}`, url, `${leaseMs}ms`));
  }
  for (;;) {
    const answer = await fetch(`${nodes[0]?.url}/api/cluster`);
    const { ok } = (await answer.json()) as {
      readonly ok: {
        readonly nodes: readonly { readonly partitions: number }[];
        readonly partitions: readonly { readonly owner: string | null }[];
      };
    };
    const most = Math.ceil(ok.partitions.length / count);
    if (
      ok.partitions.every(({ owner }) => owner !== null) &&
      ok.nodes.every(({ partitions }) => partitions <= most)
    ) {
      return nodes;
    }
    await sleep(50);
  }
}

async function inParallel(
  count: number,
  atOnce: number,
  work: (number: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let number = next++; number < count; number = next++) {
        await work(number);
      }
    }),
  );
}

function parseOptions(commandLine: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...commandLine],
    options: { quick: { type: "boolean", default: false } },
  });
  return { quick: values.quick };
}

await runBenchmark({ usage, parseOptions, main });
