// Compares the speed of `runWasi` with `node:wasi`, in turns in one process, and writes docs/benchmarks-wasi.md.

import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { formatNumber } from "../report/numbers.ts";
import { median } from "../report/statistics.ts";
import { formatTable } from "../report/table.ts";
import { cases } from "./cases.ts";
import { nodes, ours } from "./contenders.ts";

const rounds = 15;
const program = fileURLToPath(import.meta.resolve("@flawless-ts/wasi/fixtures/c_commands.wasm"));
const document = new URL("../../docs/benchmarks-wasi.md", import.meta.url);

const run = ours(program);
const node = nodes(program);
const rows: string[][] = [];
try {
  for (const measured of cases) {
    const [own, other]: [number[], number[]] = [[], []];
    await run(measured);
    await node.run(measured);
    for (let round = 0; round < rounds; round += 1) {
      own.push(await run(measured));
      other.push(await node.run(measured));
    }
    const [mine, its] = [median(own), median(other)];
    rows.push([
      measured.what,
      formatNumber(mine),
      formatNumber(its),
      formatNumber(mine / its),
      measured.aim === undefined ? "-" : String(measured.aim),
    ]);
  }
} finally {
  node.close();
}

const table = formatTable(
  [
    { head: "what the program does", align: "left" },
    { head: "runWasi, ms", align: "right" },
    { head: "node:wasi, ms", align: "right" },
    { head: "ratio", align: "right" },
    { head: "aim, at most", align: "right" },
  ],
  rows,
);
console.log(table);
await writeFile(
  document,
  `# Benchmarks of the WASI runner

<!-- Written by \`npm run bench:wasi\`: run it again instead of editing this file. -->

\`runWasi\` beside \`node:wasi\`, in turns in one process; medians of ${rounds} runs each, from the call to the result.
Ours runs the program in a separate thread, gets the file as bytes, and returns the state of all files.
\`node:wasi\` runs it in the calling thread; its file is already on disk, and what the program writes stays there.
Only its stdout is read afterwards.

${table}

Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, Node.js
${process.versions.node}.
`,
);
process.exit(0);
