import type { EngineId } from "../peers/engine.ts";
import { cellOf, engineOf } from "../peers/report/figures.ts";
import { latencyTable, peersMachineTable, throughputTable } from "../peers/report/tables.ts";
import type { Results } from "../peers/results.ts";
import type { WorkflowName } from "../peers/workflows.ts";
import { machineWarnings } from "../report/machine-report.ts";
import { formatNumber } from "../report/numbers.ts";
import { formatTargets } from "./targets.ts";

/** A target for the ratio of one node on PostgreSQL to another engine. */
interface Target {
  readonly what: string;
  readonly workflow: WorkflowName;
  readonly callers: number;
  readonly to: EngineId;
  readonly figure: "perSecond" | "p50Ms";
  readonly bound: number;
}

const targets: readonly Target[] = [
  ["do nothing, 64 callers, workflows/s, to DBOS", "noop", 64, "dbos", "perSecond", 3],
  ["10 steps, 64 callers, workflows/s, to DBOS", "ten_steps", 64, "dbos", "perSecond", 15],
  ["do nothing, 1 caller, p50, to DBOS", "noop", 1, "dbos", "p50Ms", 0.6],
  ["do nothing, 64 callers, workflows/s, to our SQLite", "noop", 64, "flawless", "perSecond", 0.5],
  [
    "10 steps, 64 callers, workflows/s, to our SQLite",
    "ten_steps",
    64,
    "flawless",
    "perSecond",
    0.5,
  ],
].map(([what, workflow, callers, to, figure, bound]) => ({
  what,
  workflow,
  callers,
  to,
  figure,
  bound,
})) as readonly Target[];

export function formatOneNodeTables(results: Results): string {
  return [
    targetTable(results),
    "Workflows per second, median (least to most of the rounds)",
    throughputTable(results),
    "Latency, p50 / p99, ms",
    latencyTable(results),
    peersMachineTable(results),
    ...machineWarnings(results.machine),
  ].join("\n\n");
}

export function formatOneNode(results: Results): string {
  return `${[
    "# Benchmarks: one node on PostgreSQL",
    "<!-- Written by `npm run bench:cluster`: run it again instead of editing this file. -->",
    `One \`flawless up --journal postgres://...\` beside DBOS, which keeps its workflows in PostgreSQL too, and beside the same server ` +
      `on SQLite, measured on ${results.date.slice(0, 10)} in one run on one machine. Each has it for itself in turn, with fresh files in each of ` +
      `${results.plan.rounds} rounds. PostgreSQL has its default settings: a commit returns after fsync.`,
    ...machineWarnings(results.machine),
    "## Targets",
    targetTable(results),
    "## Throughput",
    "![Workflows per second on PostgreSQL and SQLite, and of DBOS](plots/postgresql.svg)",
    "Workflows per second: the median of the rounds, with the slowest and the fastest round.",
    throughputTable(results),
    "## Latency",
    "Milliseconds from call to response, p50 / p99: medians of the rounds.",
    latencyTable(results),
    "## What is compared",
    ...results.engines.map(
      ({ engine }) =>
        `- **${engine.name}**: ${engine.versions}. ${engine.durability}. ${engine.step}`,
    ),
    "## Machine",
    peersMachineTable(results),
    ...failuresOf(results),
  ].join("\n\n")}\n`;
}

function targetTable(results: Results): string {
  return formatTargets(
    targets.map((target) => {
      const ratio = ratioOf(results, target);
      const least = target.figure === "perSecond";
      const met = ratio !== undefined && (least ? ratio >= target.bound : ratio <= target.bound);
      return {
        what: target.what,
        bound: `${least ? "at least" : "at most"} ${target.bound}`,
        measured: ratio?.toFixed(2) ?? "not measured",
        met,
        whyNot: whyNot(results, target),
      };
    }),
  );
}

/** The two figures behind a ratio, and what dominates them. */
function whyNot(results: Results, { workflow, callers, to, figure }: Target): string {
  const of = (id: EngineId): string => {
    const engine = engineOf(results, id);
    const value = engine && cellOf(engine, workflow, callers)?.[figure].median;
    return value === undefined ? "unknown" : formatNumber(value);
  };
  const both = `${of("flawless-postgres")} beside ${of(to)}${figure === "p50Ms" ? " ms" : " in a second"}`;
  return figure === "p50Ms"
    ? `${both}. Where there is one caller, most of the time goes into the way to the database and back, and the flush of its disk.`
    : `${both}. The cores are the limit: the callers, the server and PostgreSQL share ${results.machine.cores} of them.`;
}

function ratioOf(results: Results, { workflow, callers, to, figure }: Target): number | undefined {
  const [ours, theirs] = [engineOf(results, "flawless-postgres"), engineOf(results, to)].map(
    (engine) => engine && cellOf(engine, workflow, callers)?.[figure].median,
  );
  return ours === undefined || theirs === undefined ? undefined : ours / theirs;
}

function failuresOf(results: Results): readonly string[] {
  const failures = results.engines.flatMap(({ engine, failures: all }) =>
    all.map((failure) => `- ${engine.name}: ${failure}`),
  );
  return failures.length === 0 ? [] : ["## What failed", failures.join("\n")];
}
