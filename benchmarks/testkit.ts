import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { crashEverywhere, TestEnvironment } from "@flawless-ts/testkit";
import { formatNumber } from "./report/numbers.ts";
import { median } from "./report/statistics.ts";
import { formatTable } from "./report/table.ts";

const modulePath = new URL(
  import.meta.resolve("@flawless-ts/wasm-module/fixtures/conformance.wasm"),
);
const document = new URL("../docs/benchmarks-testkit.md", import.meta.url);
const yearMs = 365 * 24 * 3_600_000;

interface Figure {
  readonly what: string;
  readonly aim: string;
  readonly milliseconds: number;
}

const bytes = await readFile(modulePath);

async function once(workflow: string, input: unknown): Promise<void> {
  await using env = await TestEnvironment.create();
  const module = await env.deploy(bytes);
  const run = await module.start(workflow, input);
  await run.response();
}

async function thirtySteps(env: TestEnvironment): Promise<unknown> {
  const module = await env.deploy(bytes);
  // Each of the 28 sleeps is a step; the input and the response are two more.
  const run = await module.start("sleep_steps", { count: 28, ms: 1_000 });
  return await run.response();
}

async function measure(
  what: string,
  aim: string,
  repeats: number,
  work: () => Promise<unknown>,
): Promise<Figure> {
  await work();
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return { what, aim, milliseconds: median(times) };
}

const figures = [
  await measure("create, deploy, ten steps, dispose", "3", 30, () => once("ten_steps", null)),
  await measure("the same with a sleep of a year", "20", 30, () =>
    once("sleep_ms", { ms: yearMs }),
  ),
  await measure("crashEverywhere, 30 steps", "1,000", 3, () => crashEverywhere(thirtySteps)),
  await measure("100 environments at once, a sleep each", "-", 5, () =>
    Promise.all(Array.from({ length: 100 }, () => once("sleep_ms", { ms: yearMs }))),
  ),
];

const table = formatTable(
  [
    { head: "what", align: "left" },
    { head: "ms", align: "right" },
    { head: "aim, ms", align: "right" },
  ],
  figures.map(({ what, aim, milliseconds }) => [what, formatNumber(milliseconds), aim]),
);
console.log(table);
await writeFile(
  document,
  `# Benchmarks of the test environment

<!-- Written by \`npm run bench:testkit\`: run it again instead of editing this file. -->

Medians, in one warm process; the module is ${Math.round(bytes.length / 1000)} KB.

${table}

Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores,
Node.js ${process.versions.node}.
`,
);
process.exit(0);
