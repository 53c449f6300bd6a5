import { machineWarnings } from "../../report/machine-report.ts";
import { obeliskInstallation, obeliskVariable } from "../obelisk-build.ts";
import { fullPlan, type Plan } from "../plan.ts";
import type { Results } from "../results.ts";
import {
  engineList,
  footprintTable,
  latencyTable,
  peersMachineTable,
  targetTable,
  throughputTable,
} from "./tables.ts";

/** The tables of one run, as Markdown that is also readable in a terminal. */
export function formatTables(results: Results): string {
  return [
    "Workflows per second, median (least to most of the rounds)",
    throughputTable(results),
    "Latency, p50 / p99, ms",
    latencyTable(results),
    "Start, memory, disk",
    footprintTable(results),
    "Targets",
    targetTable(results),
    peersMachineTable(results),
    ...remarks(results),
  ].join("\n\n");
}

/** The page of one run: its tables and plots, what they mean, and how to repeat the run. */
export function formatDocument(results: Results): string {
  return `${[
    "# Benchmarks",
    "<!-- Written by `npm run bench:peers`: run it again instead of editing this file. -->",
    `This engine compared with its peers, measured on ${results.date.slice(0, 10)} in one run on one machine. The figures themselves are ` +
      "in [benchmarks.json](benchmarks.json). Other pages have more on [the engine](benchmarks-engine.md), [what bounds it](benchmarks-limit.md), " +
      "[a million workflows asleep](benchmarks-sleepers.md), [workflows in TypeScript](benchmarks-typescript.md), " +
      "[requests side by side](benchmarks-side-by-side.md), [several engines](benchmarks-cores.md), " +
      "[the control plane](benchmarks-control-plane.md), [clusters in containers](benchmarks-topologies.md) and [the test environment](benchmarks-testkit.md).",
    ...remarks(results),
    "## Targets",
    "The ratio of this engine's median to the peer's, and its target.",
    targetTable(results),
    "[Another page](benchmarks-limit.md) shows where this engine's time goes and what bounds it; a [decision](decisions/0011-performance.md#time-to-ready) does so for the time to ready, with what was tried.",
    "## Throughput",
    "![Workflows per second of each engine, for each kind of workflow and number of callers](plots/throughput.svg)",
    "Workflows per second: the median of the rounds, with the slowest and the fastest round.",
    throughputTable(results),
    ...activitiesNote(results),
    "## Latency",
    "![Latency of each engine, p50 and p99, for each kind of workflow and number of callers](plots/latency.svg)",
    "Milliseconds from call to response, p50 / p99: medians of the rounds. “≥” marks unfinished work of a peer: " +
      `callers without a response after ${results.plan.stretchMostMs / 1000} seconds count as that time.`,
    latencyTable(results),
    "## Start, memory, disk",
    "![Time to ready, idle memory and bytes on disk of each engine](plots/footprint.svg)",
    footprintTable(results),
    footprintNotes,
    "## What is compared",
    engineList(results),
    workflowNotes,
    "## Fairness",
    fairness(results.plan),
    "## Machine",
    peersMachineTable(results),
    "## How to repeat it",
    "```sh\nnpm ci\nsudo apt-get install postgresql\nnpm run bench:peers\n```",
    howToRepeat(),
  ].join("\n\n")}\n`;
}

function activitiesNote({ activities }: Results): readonly string[] {
  if (activities === undefined) {
    return [];
  }
  const { date, otherLoad, rounds } = activities;
  return [
    `\`10 activities\` was measured on ${date.slice(0, 10)} in a separate run, of ${rounds} rounds of all engines that have ` +
      "figures: compare them with each other, not with those above and below.",
    ...(Math.max(0, ...otherLoad) < 0.1
      ? []
      : [
          `**Other processes used up to ${Math.max(...otherLoad).toFixed(2)} cores in the meantime: these figures are too low, those of ` +
            "all engines.**",
        ]),
  ];
}

function remarks({ machine, otherLoad, engines, missing }: Results): readonly string[] {
  return [
    ...machineWarnings(machine, Math.max(0, ...otherLoad)),
    ...missing.map(({ name, missing: reason }) => `**${name} is left out: ${reason}.**`),
    ...engines.flatMap(({ engine, failures }) =>
      failures.map((failure) => `**${engine.name}, ${failure.replaceAll(/\s+/g, " ")}**`),
    ),
  ];
}

const footprintNotes = [
  "- **Ready** is the time from the start of the first process to the first answer of the check that the next section names. " +
    "**First response** is the time from that start until a workflow that does nothing has responded: with this " +
    "engine's module deployed, or with the peer's service or worker started and registered.",
  "- **Resident memory** is the sum over all processes of the engine (VmRSS), with the service or worker that its workflows run in, " +
    "and with PostgreSQL. That counts shared memory several times, which matters for PostgreSQL, so the sum of Pss is given, too. " +
    "Idle is after the first response; after load is after all of the workflows above, or, of an engine that had to be restarted, the most before a restart.",
  "- **Bytes on disk** is the growth of an engine's files for each finished workflow, after the engine was shut down in order. " +
    "PostgreSQL's write-ahead log is left out, because its files are reused; Restate's log is included, because it is not trimmed in such a short time.",
].join("\n");

const workflowNotes = [
  "The workflows are the same everywhere:",
  [
    "- **do nothing** responds `null`.",
    "- **10 steps** takes five random numbers, four times of day and a note, each as one step, and responds with the values.",
    "- **10 activities** are the same ten functions, run by a worker in a separate process with this engine; with the peers " +
      "they are the same ten steps again, because a worker, service or component of its own runs those functions anyway.",
    "- **10 HTTP requests** sends ten requests to a site on this machine, one after the other, each as one step. " +
      "Here, too, steps run at least once: a request may be sent again after a crash.",
  ].join("\n"),
  "Steps differ. The ten steps cost this engine one commit and the peers at least ten, because this engine's journal " +
    "knows what its host calls did, while a peer's step is a function that may have done anything. (Restate, Temporal and Obelisk can also give random numbers without a step.) That is a difference between the engines, not " +
    "one of the measurement, but it is large. The ten requests leave the process, and make each engine wait for its disk each time: that compares like with like. " +
    "The same is true of the ten activities: a call is durable before a worker gets it, and its result before the next call.",
].join("\n\n");

function fairness(plan: Plan): string {
  return [
    `- One engine at a time has the machine. A round goes through all engines, and each round begins with a different one. In each round, an engine gets new files, ` +
      `${plan.warmUpMs / 1000} s of warm-up with each kind of workflow at 64 callers, and then ` +
      `${plan.stretchMs / 1000} s of each kind at each number of callers. Rounds: ${plan.rounds}.`,
    `- Starts are timed separately: ${plan.starts} of each engine in turn, after one that does not count, because it may have to read the program from disk.`,
    "- Engine, service and callers share the machine's cores, and everything is on loopback.",
    "- The callers are the same for all: one process, one thread, each caller waits for its response before it calls again. For this engine, Restate, DBOS and Obelisk they use " +
      "undici, with one kept-alive connection for each caller; with Obelisk, which sends a result in a second packet that would wait some 40 ms for a delayed acknowledgement there, " +
      "a new connection for each call is faster, so it gets that. For Temporal they use its own client, because it has no HTTP interface that waits for a result.",
    "- Every response is checked. Calls that began in a period are waited for, and count with their time; " +
      `what takes more than ${plan.stretchMostMs / 1000} s is given up, and the engine is restarted for the next period.`,
    "- Each engine has its default durability and its default settings. Temporal's development server keeps everything in memory by default, " +
      "so it is measured both ways, with a database file and without.",
    "- Peers' services run on the same Node.js as this engine, one process, with `NODE_ENV=production`. Telemetry of peers is switched off, " +
      "and Restate's check for a newer release is kept on this machine.",
    "- Restate is called through a plain service handler, its lightest kind of durable call: no key, no idempotency key.",
    "- Temporal's workflows are bundled ahead of time, so that its worker starts faster. Its server runs without its web page.",
    "- DBOS is a library: callers reach it through a small HTTP server in the same process, which calls workflows directly, without a queue. " +
      "Creating PostgreSQL's files (`initdb`) does not count towards its start.",
    "- This engine runs the WebAssembly module `conformance`, written in Rust, as it is deployed to any Flawless server; the workflows of Restate, DBOS and Temporal are TypeScript.",
    "- Obelisk's workflows and activities are two WebAssembly components written in Rust. Obelisk compiles them once, and finds them in its cache when it is started again. Its web page is off, because it would be fetched " +
      "from a container registry, and so is the HTTP server for webhooks, which nothing uses.",
  ].join("\n");
}

function howToRepeat(): string {
  return (
    `It takes about ${minutesOf(fullPlan)} minutes, and writes this page, the plots and the results. It installs the peers into \`benchmarks/peers\` the first time, and builds Temporal's ` +
    `development server from its Go module, which needs Go and takes some minutes once. Obelisk must be installed before (${obeliskInstallation}, and takes some ten minutes), with its program on the PATH or ` +
    `named by \`${obeliskVariable}\`; the benchmark builds its components from Rust. What is unavailable is left out, and the page says so. ` +
    "`-- --quick` measures one short round and only prints; `-- --only restate,flawless` leaves engines out; `-- --rounds N` measures more rounds; " +
    "`-- --dir DIRECTORY` puts all files on another filesystem; `-- --render` writes the page and plots again from the last results."
  );
}

/** The approximate time for one round and the disk measurements, as seen on two cores. */
function minutesOf({ rounds }: Plan): number {
  const [roundMinutes, diskMinutes] = [12, 7];
  return rounds * roundMinutes + diskMinutes;
}
