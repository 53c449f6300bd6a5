import type { Machine } from "../measure/machine.ts";
import { machineTable } from "../report/machine-report.ts";
import { formatNumber } from "../report/numbers.ts";
import { median, percentile } from "../report/statistics.ts";
import { formatTable } from "../report/table.ts";
import type { TakeOver } from "./take-over.ts";
import { formatTargets, type Target } from "./targets.ts";
import type { Throughput } from "./throughput.ts";

/** How many milliseconds workflows were delayed, whichever node they ran on. */
export interface Pauses {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** How many didn't continue at all. */
  readonly stuck: number;
}

/** The effects of a node's end. */
export interface FailOver {
  /** For workflows whose requests may be retried. */
  readonly repeatable: Pauses;
  /** For workflows whose requests may be sent only once. */
  readonly once: Pauses;
  /** How many requests were sent again. */
  readonly repeated: number;
  /** How many callers got an error. */
  readonly failures: number;
  /** In milliseconds. */
  readonly slowestCall: number;
  /** Seconds from the end of the node, and the number of steps a second at that time. */
  readonly steps: readonly (readonly [second: number, perSecond: number])[];
}

export interface FailOverResults {
  readonly machine: Machine;
  readonly running: number;
  readonly leaseMs: number;
  readonly stepMs: number;
  readonly kill: FailOver;
  readonly stop: FailOver;
  readonly nodes: readonly Throughput[];
  readonly takeOver: TakeOver;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(2)} s`;

/** The results as a page. */
export function formatFailOver(results: FailOverResults): string {
  const { kill, stop, running, leaseMs, machine, takeOver } = results;
  const step = results.stepMs / 1_000;
  return `# Benchmarks: failover

Written by \`npm run bench:cluster\`. ${formatNumber(running)} workflows run on three nodes with one PostgreSQL, each making a
request that takes ${step} seconds, one after the other; then one node is ended. Nine of ten say that their requests may be
repeated. The lease is ${leaseMs / 1_000} seconds. How long a workflow was held up is the longest time between two of its requests, beyond what
one takes: in that time nothing was done for it. An interrupted request is sent again, and takes its whole time again. In the
meantime, callers start workflows that do nothing, with an idempotency key. Everything runs on one machine.

## Targets

${formatTargets(targetsOf(results))}

## One of three nodes ends

${pausesTable(kill, stop)}

A node that is stopped hands its partitions over after 0.2 seconds at most. Requests that may be repeated are then sent again by the
next owner. Those that may be sent only once continue at the node, for up to 4 seconds, and their outcomes follow through the
database.

![Steps in a second around the end of a node](plots/fail-over.svg)

## One node and two

Workflows that do nothing, 64 callers. Both clusters run on this machine, each with a PostgreSQL of its own, and have it for themselves
in turn. Nodes that share the machine share its cores, too: each has its part of the threads for guests (\`--limit threads\`). The ratio
above is the median of ${results.nodes[0]?.rates.length ?? 0} pairs of stretches, one right after the other; half of
them were within the range in brackets.

${throughputTable(results.nodes)}

## ${takeOver.asleep.toLocaleString("en-US")} workflows asleep

Written through the store's own interface, as copies of one that an engine wrote. The first node starts and takes all partitions, a second one comes
and takes half of them; then the second is killed (SIGKILL).

${formatTable(
  [
    { head: "", align: "left" },
    { head: "time", align: "right" },
  ],
  [
    ["the first node is ready after", seconds(takeOver.readyMs[0])],
    ["the second node is ready after", seconds(takeOver.readyMs[1])],
    ["the first runs all partitions again, after the kill", seconds(takeOver.takeOverMs)],
  ],
)}

## Machine

${machineTable(machine, [["Node", machine.node]], "not measured; the machine was shared")}
`;
}

function targetsOf(results: FailOverResults): readonly Target[] {
  const { kill, stop, leaseMs, nodes, takeOver } = results;
  const atMost = (what: string, ms: number, bound: number): Target => ({
    what,
    bound: `under ${bound / 1_000} s`,
    measured: seconds(ms),
    met: ms < bound,
  });
  const none = (what: string, count: number): Target => ({
    what,
    bound: "0",
    measured: String(count),
    met: count === 0,
  });
  const longest = (end: FailOver): number => Math.max(end.repeatable.longest, end.once.longest);
  const [one, two] = nodes;
  const pairs = (one?.rates ?? [])
    .map((rate, round) => (two?.rates[round] ?? 0) / rate)
    .toSorted((a, b) => a - b);
  const ratio = median(pairs);
  const half = [percentile(pairs, 25), percentile(pairs, 75)].map((share) => share.toFixed(2));
  return [
    atMost("SIGKILL: all workflows go on (lease + 2 s)", longest(kill), leaseMs + 2_000),
    none("SIGKILL: failed requests", kill.failures),
    none("SIGTERM: failed requests", stop.failures),
    atMost(
      "SIGTERM: workflows whose requests may be repeated go on",
      stop.repeatable.longest,
      1_000,
    ),
    atMost(
      "SIGTERM: workflows whose requests may be sent only once go on",
      stop.once.longest,
      1_000,
    ),
    {
      what: "two nodes on this machine, to one",
      bound: "at least 1",
      measured: `${ratio.toFixed(2)} (${half.join(" to ")})`,
      met: ratio >= 1,
      whyNot:
        "the cores are the limit, and two processes with half of the work each have smaller transactions: see CPU.",
    },
    ...takeOver.readyMs.map((ms, index) =>
      atMost(`workflows asleep: node ${index + 1} is ready`, ms, 3_000),
    ),
    atMost(
      "workflows asleep: partitions of a killed node run elsewhere",
      takeOver.takeOverMs,
      10_000,
    ),
  ];
}

function pausesTable(kill: FailOver, stop: FailOver): string {
  const row = (what: string, value: (one: FailOver) => string): readonly string[] => [
    what,
    value(kill),
    value(stop),
  ];
  const of = (what: string, which: "repeatable" | "once"): (readonly string[])[] => [
    row(`${what}: held up for, median`, (end) => seconds(end[which].p50)),
    row(`${what}: 99 of 100 for less than`, (end) => seconds(end[which].p99)),
    row(`${what}: the longest for`, (end) => seconds(end[which].longest)),
  ];
  return formatTable(
    [
      { head: "of three nodes one is", align: "left" },
      { head: "killed (SIGKILL)", align: "right" },
      { head: "stopped (SIGTERM)", align: "right" },
    ],
    [
      ...of("requests that may be repeated", "repeatable"),
      ...of("requests sent only once", "once"),
      row("workflows that did not go on", ({ repeatable, once }) =>
        String(repeatable.stuck + once.stuck),
      ),
      row("requests that were sent again", ({ repeated }) => String(repeated)),
      row("failed requests of callers with a key", ({ failures }) => String(failures)),
      row("the slowest of their requests", ({ slowestCall }) => seconds(slowestCall)),
    ],
  );
}

function throughputTable(nodes: readonly Throughput[]): string {
  return formatTable(
    [
      { head: "nodes", align: "left" },
      { head: "workflows/s", align: "right" },
      { head: "CPU of the nodes for each", align: "right" },
      { head: "CPU of PostgreSQL for each", align: "right" },
    ],
    nodes.map(({ nodes: count, perSecond, cpuMs }) => [
      String(count),
      formatNumber(perSecond),
      `${formatNumber(cpuMs.nodes)} ms`,
      `${formatNumber(cpuMs.database)} ms`,
    ]),
  );
}
