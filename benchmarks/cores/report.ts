import type { Machine } from "../measure/machine.ts";
import { machineTable, machineWarnings } from "../report/machine-report.ts";
import { formatNumber } from "../report/numbers.ts";
import { formatTable } from "../report/table.ts";
import { callers, type CoresPlan, type CoresResult } from "./measure.ts";

/** The table, for the terminal and the document. */
export function formatCores(results: readonly CoresResult[]): string {
  return formatTable(
    [
      { head: "starts", align: "left" },
      { head: "engines", align: "right" },
      { head: "busiest thread, ms of CPU", align: "right" },
      { head: "of one engine's", align: "right" },
      { head: "all threads, ms of CPU", align: "right" },
      { head: "starts a second here", align: "right" },
    ],
    results.map(({ kind, engines, busiestMs, allMs, startsPerSecond }) => {
      const one = results.find((each) => each.kind === kind && each.engines === 1);
      return [
        kind,
        String(engines),
        formatNumber(busiestMs),
        one === undefined ? "" : formatNumber(busiestMs / one.busiestMs),
        formatNumber(allMs),
        formatNumber(startsPerSecond),
      ];
    }),
  );
}

/** The whole document. */
export function formatCoresDocument(
  results: readonly CoresResult[],
  plan: CoresPlan,
  machine: Machine,
  otherLoad: number,
): string {
  const warnings = machineWarnings(machine, otherLoad).map((warning) => `${warning}\n\n`);
  const software = [["Node.js, SQLite", `${machine.node}, ${machine.sqlite}`]];
  return `# Benchmark of several engines

<!-- Written by \`npm run bench:cores\`: run it again instead of editing this file. -->

${warnings.join("")}What [\`flawless up --engines N\`](server.md#more-than-one-core) is for: the thread that has most to do is what bounds a server on a machine
of many cores. The CPU time for each do-nothing workflow, of that thread and of all, with ${callers} callers; the servers take turns.

${formatCores(results)}

${machineTable(machine, software, `a load average of ${formatNumber(otherLoad)} when it began`)}

Measured on ${new Date().toISOString().slice(0, 10)}: medians of ${plan.rounds} rounds of ${formatNumber(plan.starts)} workflows for each server, from
\`/proc/PID/task\`. A server whose busiest thread takes half as long for a workflow can run twice as many where there are cores for all
threads. This machine has ${machine.cores}, callers included: the starts a second tell more about those than about engines.

- Starts without keys run at the engine whose thread took the connection. With ${callers} connections the kernel does not deal them out evenly, so that
  two engines share the work, but not by half.
- An idempotency key names the engine: with N engines, all but one of N starts come to another one first, which asks the right one.
- More engines take more in all: fewer workflows share a transaction, and fewer messages are handled at a time.
`;
}
