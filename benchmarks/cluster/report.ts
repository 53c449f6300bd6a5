import type { Machine } from "../measure/machine.ts";
import { machineTable } from "../report/machine-report.ts";
import { formatNumber } from "../report/numbers.ts";
import { formatTable } from "../report/table.ts";

/** What came of the end of a node. */
export interface FailOver {
  /** By how many milliseconds workflows were held up, whichever node they were at. */
  readonly pauses: { readonly p50: number; readonly p99: number; readonly longest: number };
  /** How many did not go on at all. */
  readonly stuck: number;
  /** How many callers were told of a failure. */
  readonly failures: number;
  /** In milliseconds. */
  readonly slowestCall: number;
  /** Seconds from the end of the node, and how many steps began in a second then. */
  readonly steps: readonly (readonly [second: number, perSecond: number])[];
}

export interface FailOverResults {
  readonly machine: Machine;
  readonly running: number;
  readonly leaseMs: number;
  readonly stepMs: number;
  readonly kill: FailOver;
  readonly stop: FailOver;
  readonly nodes: readonly { readonly nodes: number; readonly perSecond: number }[];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(2)} s`;

/** The page of the results. */
export function formatFailOver(results: FailOverResults): string {
  const { kill, stop, running, leaseMs, machine, nodes } = results;
  const row = (what: string, value: (one: FailOver) => string): readonly string[] => [
    what,
    value(kill),
    value(stop),
  ];
  const table = formatTable(
    [
      { head: "of three nodes one is", align: "left" },
      { head: "killed (SIGKILL)", align: "right" },
      { head: "stopped (SIGTERM)", align: "right" },
    ],
    [
      row("workflows held up for, median", ({ pauses }) => seconds(pauses.p50)),
      row("99 of 100 for less than", ({ pauses }) => seconds(pauses.p99)),
      row("the longest for", ({ pauses }) => seconds(pauses.longest)),
      row("that did not go on", ({ stuck }) => String(stuck)),
      row("failed requests of callers with a key", ({ failures }) => String(failures)),
      row("the slowest of their requests", ({ slowestCall }) => seconds(slowestCall)),
    ],
  );
  const [one, two] = nodes;
  return `# Benchmarks: fail-over

Written by \`npm run bench:cluster\`. ${formatNumber(running)} workflows run on three nodes with one PostgreSQL, each making a
request that takes ${results.stepMs / 1_000} seconds, one after the other; then one node is ended. The lease is ${leaseMs / 1_000} seconds. How long a workflow was
held up is the longest time between two of its requests, beyond what one takes. A node that is stopped lets the requests under
way end before it hands a partition over, so that its other workflows wait for up to ${results.stepMs / 1_000} seconds. Callers start workflows that do
nothing meanwhile, with an idempotency key. Everything runs on one machine.

${table}

![Steps in a second around the end of a node](plots/fail-over.svg)

Workflows that do nothing, 64 callers: ${formatNumber(one?.perSecond ?? 0)} in a second on one node,
${formatNumber(two?.perSecond ?? 0)} on two nodes on the same machine and database.

${machineTable(machine, [["Node", machine.node]], "not measured; the machine was shared")}
`;
}
