import { formatNumber } from "../report/numbers.ts";
import { median } from "../report/statistics.ts";
import { formatTable } from "../report/table.ts";
import type { InstanceMemory } from "./memory.ts";
import type { SideBySide } from "./side-by-side.ts";
import type { Speed } from "./speed.ts";

/** Milliseconds of consecutive builds in one process. */
type BuildTimes = readonly number[];

/** All results. */
export interface Results {
  readonly date: Date;
  readonly machine: string;
  /** The size of the module of fifty lines. */
  readonly moduleBytes: number;
  readonly builds: { readonly withTypes: BuildTimes; readonly withoutTypes: BuildTimes };
  readonly memory: { readonly typescript: InstanceMemory; readonly rust: InstanceMemory };
  /** Bytes for each workflow that sleeps for a day in a server; undefined if unknown on this system. */
  readonly sleepers: Readonly<Record<"typescript" | "rust", number | undefined>>;
  readonly speed: Speed;
  readonly sideBySide: SideBySide;
}

/** The text of docs/benchmarks-typescript.md. */
export function formatDocument(results: Results): string {
  return `# Benchmarks of workflows in TypeScript

<!-- Written by \`npm run bench:typescript\`: run it again instead of editing this file. -->

Each figure next to that of the same workflow in Rust, on the same engine, in one run.

${speedTable(results.speed)}

Medians of 500 starts, after 1,000 that don't count, of \`ten_steps\`, TypeScript and Rust in turn: nine values from the host, a log line and the
response. _Engine_ is the test environment, in one process and on a journal in memory; _server_ is a server on a
journal on the disk, called over HTTP.

${sideBySideTable(results.sideBySide)}

Of one workflow in TypeScript, on the engine. _A round_ is a \`Promise.race\` of two requests, a message and a sleep, whose losers
nobody looks at again: the medians of 100 rounds around the 60th and before the 10,000th. _Requests_ go to a site on this machine
that takes 50 ms for each.

${memoryTable(results)}

_For a day_ is by how much the process of \`flawless up\` grows with each of 4,000 such workflows that were started over
the API: a workflow that sleeps for longer than ten seconds leaves memory at once, and one that waits for a message
after ten seconds. The other rows are an instance that is still there, the mean of 300 in one process. _Linear memory_
counts pages of 4 KiB that are not all zeros; _V8's objects_ are the instance's tables and functions; the rest of what
is resident is mostly the stack of the suspended call.

Why TypeScript takes more than 200 KiB: V8 gives each instance a copy of all of its memory, and none of it can be shared.
Of the module of fifty lines that is, about: 72 KiB constants of QuickJS, the C library and Rust (texts of errors, lists of
JavaScript's built-in functions, names); 66 KiB a fresh JavaScript context; 95 KiB the script, half of it what runs any
workflow; 11 KiB room in pages that are not full and marks of where things begin; 24 KiB the stack and what the run allocates. Of
V8's objects for 1,740 functions half count calls for inlining: Node.js's option \`--no-wasm-inlining\`, which has to be on
the command line, saves 33 KiB of them and costs a tenth more processor time.

Why ten steps take longer than in Rust: on its thread, a guest runs for 67 µs instead of 18, when nothing else uses the
processor's caches: 13 µs until the first call, 1 to 3 for each, 5 for the line of the log, and 14 for the response. Beyond
that, the caches hold less of it: each run copies 270 KiB of memory again, and QuickJS's code is large.

A workflow that uses \`fetch\`, \`URL\` or another global of the web, waits for messages, sets timers, or logs an error,
loads what that takes when it does, and letters beyond ASCII in the other case, \`normalize\`, \`\\p{...}\` and functions such as \`Math.pow\` bring 60 KiB of tables.

${buildTable(results)}

Measured on ${results.date.toISOString().slice(0, 10)}: ${results.machine}, Node.js ${process.versions.node}.
`;
}

function speedTable({ engine, server }: Speed): string {
  const row = (what: string, { typescript, rust }: Speed["engine"]): string[] => [
    what,
    formatNumber(typescript),
    formatNumber(rust),
    formatNumber(typescript / rust),
    "1.40",
  ];
  return formatTable(
    [
      { head: "ten steps", align: "left" },
      { head: "TypeScript, ms", align: "right" },
      { head: "Rust, ms", align: "right" },
      { head: "times", align: "right" },
      { head: "aim, at most", align: "right" },
    ],
    [row("engine", engine), row("server", server)],
  );
}

function sideBySideTable({ race, requests }: SideBySide): string {
  const row = (what: string, base: number, other: number, aim: string): string[] => [
    what,
    formatNumber(base),
    formatNumber(other),
    formatNumber(other / base),
    aim,
  ];
  return formatTable(
    [
      { head: "side by side", align: "left" },
      { head: "first, ms", align: "right" },
      { head: "then, ms", align: "right" },
      { head: "times", align: "right" },
      { head: "aim, at most", align: "right" },
    ],
    [
      row("a round of a race: early, late", race.early, race.late, "1"),
      row("one request, ten at once", requests.one, requests.ten, "2.00"),
    ],
  );
}

function memoryTable({ memory: { typescript, rust }, sleepers }: Results): string {
  const row = (what: string, part: keyof InstanceMemory, aim: string): string[] => [
    what,
    formatNumber(typescript[part] / 1024),
    formatNumber(rust[part] / 1024),
    aim,
  ];
  return formatTable(
    [
      { head: "asleep", align: "left" },
      { head: "TypeScript, KiB", align: "right" },
      { head: "Rust, KiB", align: "right" },
      { head: "aim, at most", align: "right" },
    ],
    [
      [
        "for a day, in a server",
        kibibytesText(sleepers.typescript),
        kibibytesText(sleepers.rust),
        "200",
      ],
      row("for less than ten seconds: resident", "resident", "200"),
      row("of it linear memory", "linear", ""),
      row("of it V8's objects", "objects", ""),
    ],
  );
}

function kibibytesText(bytes: number | undefined): string {
  return bytes === undefined ? "not known" : formatNumber(bytes / 1024);
}

function buildTable({ builds, moduleBytes }: Results): string {
  const row = (what: string, times: BuildTimes): string[] => [
    what,
    formatNumber((times[0] ?? 0) / 1000),
    formatNumber(median(times.slice(1)) / 1000),
  ];
  const table = formatTable(
    [
      { head: "build of 50 lines", align: "left" },
      { head: "first, s", align: "right" },
      { head: "later, s", align: "right" },
    ],
    [
      row("with types (the default)", builds.withTypes),
      row("without (`--no-types`, and in Vite)", builds.withoutTypes),
    ],
  );
  const megabytes = formatNumber(moduleBytes / 1e6);
  return `${table}\n\nThe module has ${megabytes} MB (aim: at most 1.5). A later build is one in the same process (aim: under 1 s).`;
}
