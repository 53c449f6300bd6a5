import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Flawless, type DeployedModule } from "@flawless-ts/sdk";
import { formatNumber } from "./report/numbers.ts";
import { median } from "./report/statistics.ts";
import { formatTable } from "./report/table.ts";
import { exitOnSignals } from "./run-benchmark.ts";
import { makeFreshDirectory } from "./server/fresh-directory.ts";
import { ServerProcess } from "./server/server-process.ts";

const moduleFile = fileURLToPath(
  import.meta.resolve("@flawless-ts/wasm-module/fixtures/extensions.wasm"),
);
const serverScript = fileURLToPath(new URL("../packages/server/bin/flawless.js", import.meta.url));
const document = new URL("../docs/benchmarks-side-by-side.md", import.meta.url);
const rounds = 60;
const count = 10;

type Step = Readonly<Record<string, unknown>>;

/** The steps of a workflow, by the way it sends its requests. */
const ways: Readonly<Record<string, (url: string) => readonly Step[]>> = {
  "1 request": (url) => [{ call: { HTTPRequest: request(url) } }],
  "10 side by side": (url) => {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    return [
      ...numbers.map((operation) => ({
        ask: ["begin", { operation, kind: "http", request: request(url) }],
      })),
      ...numbers.map((operation) => ({ ask: ["wait", { operations: [operation] }] })),
    ];
  },
  "10 one after the other": (url) =>
    Array.from({ length: count }, () => ({ call: { HTTPRequest: request(url) } })),
};

function request(url: string): Step {
  return {
    config: { idempotent: false, timeout: { secs: 30, nanos: 0 }, response_body_limit: 1_000 },
    method: "GET",
    url,
    headers: [],
    body: "",
  };
}

/** A site that responds after a delay. */
async function openSite(delayMs: number): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_request, response) => {
    void sleep(delayMs).then(() => response.end("ok"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @returns milliseconds from start to response. The ways take turns, so that a slow moment affects all of them */
async function measure(module: DeployedModule, url: string): Promise<Record<string, number>> {
  const times = new Map<string, number[]>();
  for (let round = -5; round < rounds; round += 1) {
    for (const [way, stepsFor] of Object.entries(ways)) {
      const steps = stepsFor(url);
      const start = performance.now();
      const answers = await module.execute("script", steps);
      const took = performance.now() - start;
      const answered = JSON.stringify(answers).split('"status_code":200').length - 1;
      if (answered !== (way === "1 request" ? 1 : count)) {
        throw new Error(`unexpected answers of ${way}: ${JSON.stringify(answers).slice(0, 500)}`);
      }
      if (round >= 0) {
        times.set(way, [...(times.get(way) ?? []), took]);
      }
    }
  }
  return Object.fromEntries([...times].map(([way, all]) => [way, median(all)]));
}

exitOnSignals();
const [otherLoad = 0] = loadavg();
using directory = makeFreshDirectory(tmpdir());
await using server = await ServerProcess.start({ script: serverScript, directory: directory.path });
await using flawless = new Flawless({ url: server.url });
const module = await flawless.deploy(moduleFile);
const rows: string[][] = [];
for (const delayMs of [0, 20, 100]) {
  const site = await openSite(delayMs);
  const medians = await measure(module, site.url);
  const one = medians["1 request"] ?? NaN;
  for (const [way, ms] of Object.entries(medians)) {
    rows.push([`${delayMs} ms`, way, formatNumber(ms), formatNumber(ms / one)]);
  }
  site.close();
}
const table = formatTable(
  [
    { head: "the site takes", align: "right" },
    { head: "requests", align: "left" },
    { head: "ms", align: "right" },
    { head: "times one", align: "right" },
  ],
  rows,
);
console.log(table);
await writeFile(
  document,
  `# Benchmark of requests side by side

<!-- Written by \`npm run bench:side-by-side\`: run it again instead of editing this file. -->

How long a workflow takes from its start to its response, alone on a server, medians of ${rounds} in turn. None of the requests is
idempotent: the intent of each is durable before it is sent, and its result before the response. The aim is that ten side by
side take at most twice as long as one.

${table}

Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores,
Node.js ${process.versions.node}, beside a load of ${formatNumber(otherLoad)} on the machine.
`,
);
