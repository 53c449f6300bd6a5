import type { ServerProfile, ThreadGroup } from "../profile/take-profile.ts";
import { profiledCallers } from "../profile/take-profile.ts";
import { coresText, machineTable, machineWarnings } from "../report/machine-report.ts";
import { formatNumber } from "../report/numbers.ts";
import { type Column, formatTable } from "../report/table.ts";
import { type ContenderId, type Figure, figureOf, type Work } from "./figures.ts";
import { sharesOfKinds } from "./kinds.ts";
import type { LimitResults } from "./measure.ts";
import { forOneRequest, isMet, type LimitTarget, ratio, targetsOf } from "./targets.ts";

/** The profile of one kind of workflow. */
export interface WorkProfile {
  readonly work: Work;
  readonly profile: ServerProfile;
}

const placesShown = 20;
/** Shares below this are not shown. */
const minPercent = 0.5;

/** The tables of one run, as Markdown that is also readable in a terminal. */
export function formatTables(results: LimitResults, profiles: readonly WorkProfile[]): string {
  return [
    targetTable(targetsOf(results.figures)),
    shareTable(results),
    figureTable(results.figures.stretches),
    ...profiles.flatMap(profileSection),
    machineOf(results),
    ...machineWarnings(results.machine, results.otherLoad),
  ].join("\n\n");
}

/** The page of one run: its tables, what they mean, and how to repeat the run. */
export function formatDocument(results: LimitResults, profiles: readonly WorkProfile[]): string {
  const { plan } = results;
  return `${[
    "# Benchmark of the engine beside its limit",
    "<!-- Written by `npm run bench:limit`: run it again instead of editing this file. -->",
    `What bounds the server on this machine, and how near it comes, measured on ${results.date.toISOString().slice(0, 10)} in one run, ` +
      "all in turn. [Benchmarks](benchmarks.md) compares it with its peers, and [decision 11](decisions/0011-performance.md) says what was tried.",
    ...machineWarnings(results.machine, results.otherLoad),
    "## Targets",
    targetTable(targetsOf(results.figures)),
    "“–”: that was not measured, as Restate is not installed, or no older build was given.",
    "## Shares of the limit",
    shareTable(results),
    limitNotes,
    "## Figures",
    figureTable(results.figures.stretches),
    "Milliseconds of CPU are for each workflow, over all threads of the process, and of the thread that used most.",
    "## Where the time goes",
    `By profiles of the server at ${profiledCallers} callers. The parts are those of the time in which threads were not idle.`,
    ...profiles.flatMap(profileSection),
    "## Machine",
    machineOf(results),
    "## How it is measured",
    method(plan),
    "## How to repeat it",
    "```sh\nnpm ci\nnpm run bench:limit\n```",
    "It takes about five minutes and writes this file. Restate is measured beside it once `npm run bench:peers` has installed it. " +
      "`-- --quick` takes some twenty seconds and only prints; `-- --before SCRIPT` measures an older build, `packages/server/bin/flawless.js` " +
      "of another working copy, in the same rounds; `-- --dir DIRECTORY` puts the files on another filesystem.",
  ].join("\n\n")}\n`;
}

const limitNotes = [
  "- **Commit server**: a server on Node's own HTTP that reads the same request, commits one row to SQLite with fsync, together with all " +
    "that came in the same turn of the event loop, and answers. One thread, no engine, no guest.",
  "- **Bare guests**: the same module on instances that are used again, as in the server, but in a process without an engine, with " +
    "made-up answers to its calls. **New guests**: the same with a new instance for each, made, run and dropped under JSPI.",
  "- **Bare requests**: undici alone sends the ten requests of `10 HTTP requests` to the same site.",
  "- **fsync**: a write of 4 KiB and its fsync. A response that waits for the disk can't come sooner.",
].join("\n");

function targetTable(targets: readonly LimitTarget[]): string {
  return formatTable(
    [
      { head: "figure", align: "left" },
      { head: "target", align: "right" },
      { head: "measured", align: "right" },
      { head: "", align: "left" },
    ],
    targets.map((target) => {
      const { what, bound, value, unit, measured } = target;
      const met = isMet(target);
      const after = unit === "" ? "" : ` ${unit}`;
      return [
        what,
        `${bound === "least" ? "≥" : "≤"} ${value.toLocaleString("en-US")}${after}`,
        measured === undefined ? "–" : `${formatNumber(measured)}${after}`,
        met === undefined ? "" : met ? "met" : "not met",
      ];
    }),
  );
}

/** Each row has a figure of the server, its limit, and the figure as a share of the limit. */
function shareTable({ figures }: LimitResults): string {
  const of = (
    contender: ContenderId,
    work: Work,
    callers: number,
    figure: "perSecond" | "cpuMs" | "p50Ms",
  ): number | undefined => figureOf(figures, contender, work, callers)?.[figure];
  const lines: readonly (readonly [
    what: string,
    ours: number | undefined,
    limit: number | undefined,
    of: string,
  ])[] = [
    ...[1, 64].map(
      (callers) =>
        [
          `do nothing, workflows/s at ${callersText(callers)}`,
          of("ours", "do nothing", callers, "perSecond"),
          of("commit server", "do nothing", callers, "perSecond"),
          "commit server",
        ] as const,
    ),
    [
      "do nothing, ms of CPU at 64 callers",
      of("ours", "do nothing", 64, "cpuMs"),
      sum(
        of("commit server", "do nothing", 64, "cpuMs"),
        of("bare guests", "do nothing", 64, "cpuMs"),
      ),
      "commit server and bare guest",
    ],
    [
      "10 steps, ms of CPU at 64 callers",
      of("ours", "10 steps", 64, "cpuMs"),
      sum(
        of("commit server", "do nothing", 64, "cpuMs"),
        of("bare guests", "10 steps", 64, "cpuMs"),
      ),
      "commit server and bare guest",
    ],
    ...[1, 64].map(
      (callers) =>
        [
          `10 HTTP requests, ms of CPU for each request at ${callersText(callers)}`,
          forOneRequest(of("ours", "10 HTTP requests", callers, "cpuMs")),
          forOneRequest(of("bare requests", "10 HTTP requests", callers, "cpuMs")),
          "bare request",
        ] as const,
    ),
    [
      "do nothing, p50 in ms at one caller",
      of("ours", "do nothing", 1, "p50Ms"),
      figures.fsyncMs,
      "fsync",
    ],
    [
      "10 HTTP requests, p50 in ms at one caller",
      of("ours", "10 HTTP requests", 1, "p50Ms"),
      sum(of("bare requests", "10 HTTP requests", 1, "p50Ms"), 20 * figures.fsyncMs),
      "bare requests and 20 fsyncs",
    ],
  ];
  return formatTable(
    [
      { head: "figure", align: "left" },
      { head: "server", align: "right" },
      { head: "limit", align: "right" },
      { head: "server / limit", align: "right" },
      { head: "what the limit is of", align: "left" },
    ],
    lines.map(([what, ours, limit, whose]) => [
      what,
      numberOrDash(ours),
      numberOrDash(limit),
      numberOrDash(ratio(ours, limit)),
      whose,
    ]),
  );
}

function figureTable(figures: readonly Figure[]): string {
  const right = (head: string): Column => ({ head, align: "right" });
  return formatTable(
    [
      { head: "workflow", align: "left" },
      { head: "what ran it", align: "left" },
      right("callers"),
      right("per second"),
      right("p50 ms"),
      right("CPU ms"),
      right("busiest thread ms"),
    ],
    figures.map(({ contender, work, callers, perSecond, p50Ms, cpuMs, busiestMs }) => [
      work,
      contender === "ours" ? "server" : contender === "before" ? "older build" : contender,
      String(callers),
      formatNumber(perSecond),
      formatNumber(p50Ms),
      numberOrDash(cpuMs),
      numberOrDash(busiestMs),
    ]),
  );
}

function profileSection({ work, profile }: WorkProfile): readonly string[] {
  const { startsPerSecond, startsPerSecondProfiled, threads, groups } = profile;
  const busiest = threads
    .slice(0, 6)
    .map(({ name, percent }) => `${name} ${formatNumber(percent)} %`)
    .join(", ");
  return [
    `### ${work}`,
    `${formatNumber(startsPerSecond)} workflows a second, ${formatNumber(startsPerSecondProfiled)} while profiled. ` +
      `The busiest threads, without the profiler, in percent of a core: ${busiest}.`,
    ...groups.filter(hasWork).flatMap((group) => groupTables(group)),
  ];
}

function groupTables({ name, count, times }: ThreadGroup): readonly string[] {
  const shares = sharesOfKinds(times);
  const busyMs = shares.reduce((all, { milliseconds }) => all + milliseconds, 0);
  const percent: Column = { head: "%", align: "right" };
  return [
    `**${titleOfGroup(name)}**${count > 1 ? ` (${count} threads)` : ""}, by kind:`,
    formatTable(
      [percent, { head: "kind", align: "left" }],
      shares
        .filter((share) => share.percent >= minPercent)
        .map((share) => [formatNumber(share.percent), share.kind]),
    ),
    "By function:",
    formatTable(
      [percent, { head: "function", align: "left" }],
      times
        .filter(({ where }) => where !== "(idle)")
        .slice(0, placesShown)
        .map(({ where, milliseconds }) => ({ where, share: (milliseconds * 100) / busyMs }))
        .filter(({ share }) => share >= minPercent)
        .map(({ where, share }) => [formatNumber(share), `\`${where}\``]),
    ),
  ];
}

/** Whether any JavaScript or guest code ran there. */
function hasWork({ times }: ThreadGroup): boolean {
  return times.some(({ where }) => where !== "(idle)" && where !== "(program)");
}

function titleOfGroup(name: string): string {
  const titles: Readonly<Record<string, string>> = {
    main: "Main thread",
    "executor-thread.js": "Threads of guests",
    "sqlite-thread.js": "Thread of SQLite",
  };
  return titles[name] ?? `Thread of ${name}`;
}

function machineOf({ machine, otherLoad }: LimitResults): string {
  const node = ["Node.js", `${machine.node}, SQLite ${machine.sqlite}`];
  return machineTable(machine, [node], coresText(otherLoad));
}

function method(plan: LimitResults["plan"]): string {
  return [
    "- Server, commit server, bare guests and bare requests are processes of their own; callers and site are in the process of the " +
      "benchmark. All share the machine's cores, and one at a time has work.",
    `- After ${plan.warmUpMs} ms of warm-up of each combination come ${plan.rounds} rounds through all combinations, ` +
      `${plan.roundMs} ms each; every figure is the median of its rounds. Every response is checked.`,
    `- fsync: ${plan.fsyncs} writes in each round. Disk: ${plan.workflowsOnDisk} workflows of each kind, in a separate directory.`,
    `- Profiles: V8's sampling profiler, ${plan.profileMs} ms, in a server of its own.`,
  ].join("\n");
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function numberOrDash(value: number | undefined): string {
  return value === undefined ? "–" : formatNumber(value);
}

function callersText(callers: number): string {
  return callers === 1 ? "one caller" : `${callers} callers`;
}
