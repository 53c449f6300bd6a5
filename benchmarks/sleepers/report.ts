import type { Machine } from "../measure/machine.ts";
import { formatMebibytes, formatNumber } from "../report/numbers.ts";
import { formatTable } from "../report/table.ts";
import type { SleepersPlan, SleepersResult } from "./measure.ts";

interface Line {
  readonly what: string;
  readonly target: string;
  value(result: SleepersResult): string;
}

const ms = (value: number): string => `${formatNumber(value)} ms`;

function linesOf({ wake, started }: SleepersPlan): readonly Line[] {
  return [
    {
      what: "ready after a stop",
      target: "3 s",
      value: ({ readyMs }) => ms(readyMs),
    },
    {
      what: "ready after `kill -9`",
      target: "3 s",
      value: ({ readyAfterKillMs }) => ms(readyAfterKillMs),
    },
    {
      what: "resident memory when ready",
      target: "600 MB",
      value: ({ memoryWhenReady }) => formatMebibytes(memoryWhenReady?.now),
    },
    {
      what: `resident memory, peak while ${formatNumber(wake)} wake`,
      target: "600 MB",
      value: ({ memoryAfterWakeUp }) => formatMebibytes(memoryAfterWakeUp?.peak),
    },
    {
      what: `resident memory 15 s after ${formatNumber(started)} more were started over the API`,
      target: "600 MB",
      value: ({ memoryAfterStarts }) => formatMebibytes(memoryAfterStarts?.now),
    },
    {
      what: `${formatNumber(wake)} due at the same millisecond: woken, rebuilt and ended, median`,
      target: "-",
      value: ({ wakeUp }) => ms(wakeUp.p50Ms),
    },
    { what: "the same, p99", target: "1 s", value: ({ wakeUp }) => ms(wakeUp.p99Ms) },
    { what: "the same, the last one", target: "-", value: ({ wakeUp }) => ms(wakeUp.latestMs) },
    {
      what: "starts over the API, 64 callers",
      target: "-",
      value: ({ startsPerSecond }) => `${formatNumber(startsPerSecond)}/s`,
    },
    {
      what: "on disk",
      target: "-",
      value: ({ bytesOnDisk, asleep }) =>
        asleep === 0
          ? formatMebibytes(bytesOnDisk)
          : `${formatMebibytes(bytesOnDisk)}, ${formatNumber(bytesOnDisk / asleep)} bytes each`,
    },
  ];
}

/** The figures as a table, with a column for each number of workflows. */
export function formatSleepers(results: readonly SleepersResult[], plan: SleepersPlan): string {
  return formatTable(
    [
      { head: "workflows asleep", align: "left" },
      ...results.map(({ asleep }) => ({
        head: asleep.toLocaleString("en-US"),
        align: "right" as const,
      })),
      { head: "target", align: "right" },
    ],
    linesOf(plan).map(({ what, target, value }) => [what, ...results.map(value), target]),
  );
}

/** The whole document. */
export function formatSleepersDocument(
  results: readonly SleepersResult[],
  plan: SleepersPlan,
  machine: Machine,
  otherLoad: number,
): string {
  const date = new Date().toISOString().slice(0, 10);
  return `# Sleeping workflows

<!-- Written by \`node benchmarks/sleepers.ts\`: run it again instead of editing this file. -->

${formatSleepers(results, plan)}

Measured on ${date}: ${machine.processor}, ${machine.cores} cores, Node.js ${machine.node}, SQLite ${machine.sqlite},
${machine.filesystem}, 4 KiB and fsync ${formatNumber(machine.fsync.p50Ms)} ms. When it began, other processes kept
${formatNumber(otherLoad)} processes busy or waiting (the load average of the minute before).

- The workflows sleep for a year. They are written through the journal's own interface, as copies of one that an engine
  wrote; then \`flawless up\` starts on the directory, in a separate process.
- Those that must wake are due in the same millisecond, which is harder than in the same second. The time counts from
  there to the end of the workflow: it is found, its journal is read, its guest rebuilt, and it runs to its end.
`;
}
