import type { SpeedResult } from "../measure/speed.ts";
import type { Plan } from "../plan.ts";
import { coresText, machineTable, machineWarnings } from "./machine-report.ts";
import { formatMebibytes, formatNumber } from "./numbers.ts";
import type { Results } from "./results.ts";
import { median } from "./statistics.ts";
import { formatTable } from "./table.ts";

/** The tables of one run, as Markdown that is also readable in a terminal. */
export function formatTables(results: Results): string {
  return [
    speedTable(results.speed),
    otherTable(results),
    machineOf(results),
    ...machineWarnings(results.machine, results.otherLoad),
  ].join("\n\n");
}

/** The whole document of one run: its tables, what they mean, and how to repeat the run. */
export function formatDocument(results: Results): string {
  const scenarios = [...new Set(results.speed.map(({ scenario }) => scenario))];
  const parts = [
    "# Benchmarks of the engine",
    `<!-- Written by \`npm run bench\`: run it again instead of editing this file. -->`,
    `Measured on ${results.date.toISOString().slice(0, 10)}. The figures come from one machine that runs everything: ` +
      "server, callers and the site that workflows call share its cores. [Benchmarks](benchmarks.md) compares the engine with its peers.",
    "## Speed",
    speedTable(results.speed),
    "Latencies are milliseconds from request to response. Milliseconds of CPU are per start: " +
      "the server's over all its threads, the callers' including the site.",
    "Workflows, all of the module `conformance`:",
    scenarios
      .map(({ title, workflow, about }) => `- **${title}** (\`${workflow}\`): ${about}`)
      .join("\n"),
    "## Start, memory, disk",
    otherTable(results),
    "Ready is the first response of `GET /health`. Memory is the resident memory of the server's process (VmRSS, " +
      "peak VmHWM): idle before a module is deployed, and after all of the load above. " +
      "Bytes on disk are measured after the server was shut down in order, so its write-ahead log is empty; " +
      "they are taken by finished workflows, which are kept with their journals.",
    "## Machine",
    machineOf(results),
    ...machineWarnings(results.machine, results.otherLoad),
    "## How it is measured",
    method(results.plan),
    "## How to repeat it",
    "```sh\nnpm ci\nnpm run bench\n```",
    "It takes about a minute and a half and writes this file. `npm run bench -- --quick` takes ten seconds and only prints; " +
      "`npm run bench -- --profile` shows where the server's time goes; `--dir DIRECTORY` puts the journals on another filesystem.",
  ];
  return `${parts.join("\n\n")}\n`;
}

function speedTable(speed: readonly SpeedResult[]): string {
  return formatTable(
    [
      { head: "workflow", align: "left" },
      { head: "callers", align: "right" },
      { head: "starts/s", align: "right" },
      { head: "p50 ms", align: "right" },
      { head: "p99 ms", align: "right" },
      { head: "server CPU ms", align: "right" },
      { head: "callers' CPU ms", align: "right" },
    ],
    speed.map((result) => [
      result.scenario.title,
      String(result.callers),
      formatNumber(result.startsPerSecond),
      formatNumber(result.p50Ms),
      formatNumber(result.p99Ms),
      result.serverCpuMs === undefined ? "unknown" : formatNumber(result.serverCpuMs),
      formatNumber(result.clientCpuMs),
    ]),
  );
}

function otherTable({ readyMs, memory, disk }: Results): string {
  const { idle, afterLoad } = memory;
  const range = `${formatNumber(Math.min(...readyMs))} to ${formatNumber(Math.max(...readyMs))}`;
  return formatTable(
    [
      { head: "what", align: "left" },
      { head: "figure", align: "right" },
    ],
    [
      [
        `process start to ready, median of ${readyMs.length}`,
        `${formatNumber(median(readyMs))} ms`,
      ],
      ["process start to ready, fastest to slowest", `${range} ms`],
      ["resident memory, idle", formatMebibytes(idle?.now)],
      ["resident memory, after load", formatMebibytes(afterLoad?.now)],
      ["resident memory, peak", formatMebibytes(afterLoad?.peak)],
      ...disk.map(({ scenario, bytesPerWorkflow }) => [
        `on disk, ${scenario.title}`,
        `${formatNumber(bytesPerWorkflow)} bytes`,
      ]),
    ],
  );
}

function machineOf({ machine, otherLoad }: Results): string {
  const node = ["Node.js", `${machine.node}, SQLite ${machine.sqlite}`];
  return machineTable(machine, [node], coresText(otherLoad));
}

function method(plan: Plan): string {
  return [
    "- The server is `flawless up` in a separate process, with a new directory, its journal in SQLite, fsync on, on loopback.",
    "- The callers are in the process of the benchmark, one thread, with undici and one kept-alive connection each. " +
      "A caller waits for its response before it starts the next workflow.",
    `- After ${plan.warmUpMs} ms of warm-up for each combination come ${plan.rounds} rounds through all combinations, ` +
      `${plan.roundMs} ms each; every figure is the median of its rounds.`,
    "- Every response is checked, and no workflow may have failed.",
    `- Disk: ${plan.workflowsOnDisk} workflows of each kind at 64 callers, in a separate directory.`,
  ].join("\n");
}
