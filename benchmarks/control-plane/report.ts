import type { Machine } from "../measure/machine.ts";
import { coresText, machineTable, machineWarnings } from "../report/machine-report.ts";
import { formatNumber } from "../report/numbers.ts";
import { median } from "../report/statistics.ts";
import { formatTable } from "../report/table.ts";
import type { PgBossVersions } from "./pg-boss.ts";
import type { Plan } from "./plan.ts";
import type { Measured, Stretch } from "./rounds.ts";

/** All results of one run. */
export interface Results {
  readonly date: Date;
  readonly plan: Plan;
  readonly machine: Machine;
  readonly controlPlane: string;
  /** With two calls per job: claim, Completed. */
  readonly short: Measured;
  /** With three calls per job: claim, InProgress, Completed. */
  readonly long: Measured;
  readonly pgBoss: { readonly measured: Measured; readonly versions: PgBossVersions } | undefined;
  /** Cores that other processes used, on average. */
  readonly otherLoad: number | undefined;
}

/** The tables of one run, as Markdown that is also readable in a terminal. */
export function formatTables(results: Results): string {
  return [
    speedTable(results),
    latencyTable(results),
    machineOf(results),
    ...machineWarnings(results.machine, results.otherLoad),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The whole document of one run. */
export function formatDocument(results: Results): string {
  const { callers, jobs, warmUpJobs } = results.plan;
  const rounds = results.short.publish.length;
  const parts = [
    "# Benchmarks of the control plane",
    "<!-- Written by `npm run bench:control-plane`: run it again instead of editing this file. -->",
    `Measured on ${results.date.toISOString().slice(0, 10)}: jobs per second over the network on loopback, ${callers} callers, ` +
      "every answer durable (fsync on), compared with pg-boss on PostgreSQL in the same run.",
    speedTable(results),
    `Medians of ${rounds} rounds, the slowest and the fastest of them in brackets. A ratio above 1 means that the control ` +
      "plane is faster. pg-boss marks a job as started when it hands it out, so the same two calls appear in both lines " +
      "of claims; a worker of the SDK makes three calls.",
    "Milliseconds for one job, medians of the rounds:",
    latencyTable(results),
    "## Machine",
    machineOf(results),
    ...machineWarnings(results.machine, results.otherLoad),
    "## How it is measured",
    [
      "- `control-plane up` in a separate process, SQLite with fsync, no Flawless server. Each caller is a registered worker " +
        "and has one kept-alive connection (undici).",
      "- pg-boss with its default options, except one connection per caller (default: 10 in all); `send`, then `fetch` and " +
        "`complete`, one job at a time. Its `insert` and `fetch` can take many jobs with one call, which is not measured here.",
      "- PostgreSQL with a separate cluster and default settings: fsync, synchronous_commit and full_page_writes are checked " +
        "to be on. Both keep their files on the same filesystem.",
      "- All callers are in the process of the benchmark, one thread. pg-boss runs in it, too: the control plane's rules are " +
        "applied in its server.",
      `- After ${warmUpJobs} jobs of warm-up each, ${jobs} jobs are published and then completed by each contender in each ` +
        "round; every round begins with a different contender. Every answer is checked, and after each round that every job was " +
        "completed once.",
    ].join("\n"),
    "## How to repeat it",
    "```sh\nnpm ci\nsudo apt-get install postgresql\nnpm run bench:control-plane\n```",
    "It takes about a minute, installs pg-boss into `benchmarks/control-plane/node_modules` the first time, and writes this " +
      "file. `-- --quick` takes some seconds and only prints; `-- --dir DIRECTORY` puts the files of both on another filesystem.",
  ];
  return `${parts.join("\n\n")}\n`;
}

interface Line {
  readonly what: string;
  readonly ours: readonly Stretch[];
  readonly theirs: readonly Stretch[] | undefined;
}

function linesOf({ short, long, pgBoss }: Results): readonly Line[] {
  const theirs = pgBoss?.measured;
  return [
    {
      what: "publish",
      ours: [...short.publish, ...long.publish],
      theirs: theirs?.publish,
    },
    { what: "claim, complete", ours: short.complete, theirs: theirs?.complete },
    { what: "claim, in progress, complete", ours: long.complete, theirs: theirs?.complete },
  ];
}

function speedTable(results: Results): string {
  return formatTable(
    [
      { head: "jobs per second", align: "left" },
      { head: "control plane", align: "right" },
      { head: "pg-boss", align: "right" },
      { head: "ratio", align: "right" },
    ],
    linesOf(results).map(({ what, ours, theirs }) => [
      what,
      speedOf(ours),
      theirs === undefined ? "-" : speedOf(theirs),
      theirs === undefined ? "-" : formatNumber(middle(ours) / middle(theirs)),
    ]),
  );
}

function latencyTable(results: Results): string {
  const cells = (stretches: readonly Stretch[] | undefined): readonly string[] =>
    stretches === undefined
      ? ["-", "-"]
      : [
          formatNumber(median(stretches.map(({ p50Ms }) => p50Ms))),
          formatNumber(median(stretches.map(({ p99Ms }) => p99Ms))),
        ];
  return formatTable(
    [
      { head: "ms", align: "left" },
      { head: "control plane p50", align: "right" },
      { head: "p99", align: "right" },
      { head: "pg-boss p50", align: "right" },
      { head: "p99", align: "right" },
    ],
    linesOf(results).map(({ what, ours, theirs }) => [what, ...cells(ours), ...cells(theirs)]),
  );
}

function machineOf({ machine, controlPlane, pgBoss, otherLoad }: Results): string {
  const versions = pgBoss?.versions;
  const software = [
    ["control plane", `${controlPlane}, Node.js ${machine.node}, SQLite ${machine.sqlite}`],
    [
      "pg-boss",
      versions === undefined
        ? "not measured"
        : `${versions.pgBoss}, pg ${versions.pg}, PostgreSQL ${versions.postgres}`,
    ],
  ];
  return machineTable(machine, software, coresText(otherLoad));
}

function speedOf(stretches: readonly Stretch[]): string {
  const speeds = stretches.map(({ perSecond }) => perSecond);
  const [least, most] = [Math.min(...speeds), Math.max(...speeds)].map(formatNumber);
  return `${formatNumber(median(speeds))} (${least} to ${most})`;
}

function middle(stretches: readonly Stretch[]): number {
  return median(stretches.map(({ perSecond }) => perSecond));
}
