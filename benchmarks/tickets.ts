import { writeFile } from "node:fs/promises";
import { cpus, loadavg, networkInterfaces, tmpdir } from "node:os";
import { ControlPlane } from "@flawless-ts/sdk";
import { ControlPlaneProcess } from "./control-plane/control-plane-process.ts";
import { formatNumber } from "./report/numbers.ts";
import { median, percentile } from "./report/statistics.ts";
import { formatTable } from "./report/table.ts";
import { runBenchmark } from "./run-benchmark.ts";
import { makeFreshDirectory } from "./server/fresh-directory.ts";

const document = new URL("../docs/benchmarks-tickets.md", import.meta.url);
const rounds = 5;
const requests = 1_000;
const together = 16;
const blobBytes = 4 * 1024 * 1024;

/** The results for one way of reaching the control plane, by round. */
interface Way {
  readonly client: ControlPlane;
  /** Milliseconds for each request that was sent alone. */
  readonly aloneMs: number[];
  readonly perSecond: number[];
  readonly togetherPerSecond: number[];
  readonly storedMiBPerSecond: number[];
  readonly readMiBPerSecond: number[];
}

function wayOf(client: ControlPlane): Way {
  return {
    client,
    aloneMs: [],
    perSecond: [],
    togetherPerSecond: [],
    storedMiBPerSecond: [],
    readMiBPerSecond: [],
  };
}

/** @returns seconds */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1_000;
}

async function measureRound(way: Way): Promise<void> {
  const { client } = way;
  const alone = await timed(async () => {
    for (let count = 0; count < requests; count += 1) {
      way.aloneMs.push(1_000 * (await timed(() => client.stats())));
    }
  });
  way.perSecond.push(requests / alone);
  let left = requests;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await client.stats();
    }
  };
  const all = await timed(() => Promise.all(Array.from({ length: together }, caller)));
  way.togetherPerSecond.push(requests / all);
  const blob = crypto.getRandomValues(new Uint8Array(65_536));
  const large = new Uint8Array(blobBytes).map((_, index) => blob[index % blob.length] ?? 0);
  const mebibytes = blobBytes / 2 ** 20;
  let hash = "";
  way.storedMiBPerSecond.push(
    mebibytes / (await timed(async () => (hash = await client.blobs.store(large)))),
  );
  way.readMiBPerSecond.push(mebibytes / (await timed(() => client.blobs.get(hash))));
}

function reportOf(tcp: Way, ticket: Way): string {
  const row = (what: string, value: (way: Way) => number, fewerIsBetter = false): string[] => {
    const [one, other] = [value(tcp), value(ticket)];
    const times = fewerIsBetter ? other / one : one / other;
    return [what, formatNumber(one), formatNumber(other), formatNumber(times)];
  };
  const latency =
    (percent: number) =>
    ({ aloneMs }: Way): number =>
      percentile(
        aloneMs.toSorted((one, other) => one - other),
        percent,
      );
  return formatTable(
    [
      { head: "", align: "left" },
      { head: "TCP", align: "right" },
      { head: "ticket", align: "right" },
      { head: "times slower", align: "right" },
    ],
    [
      row("one request at a time: median, ms", latency(50), true),
      row("the same: 99th percentile, ms", latency(99), true),
      row("the same: requests a second", (way) => median(way.perSecond)),
      row(`${together} at a time: requests a second`, (way) => median(way.togetherPerSecond)),
      row("a blob of 4 MiB is stored: MiB a second", (way) => median(way.storedMiBPerSecond)),
      row("it is read: MiB a second", (way) => median(way.readMiBPerSecond)),
    ],
  );
}

/** iroh looks for a gateway in the network, which must not happen here. */
function assertLoopbackOnly(): void {
  const others = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ internal }) => !internal),
  );
  if (others.length > 0) {
    throw new Error("This needs a network that has only loopback. Run `npm run bench:tickets`.");
  }
}

async function main(): Promise<void> {
  assertLoopbackOnly();
  const [otherLoad = 0] = loadavg();
  using directory = makeFreshDirectory(tmpdir());
  await using server = await ControlPlaneProcess.start(["--data-dir", directory.path, "--iroh"]);
  await using byUrl = new ControlPlane({ url: server.url });
  await using byTicket = new ControlPlane({ url: server.ticket ?? "" });
  await measureRound(wayOf(byUrl));
  await measureRound(wayOf(byTicket));
  const [tcp, ticket] = [wayOf(byUrl), wayOf(byTicket)];
  // In turn, so that a slow moment of the machine affects both.
  for (let round = 0; round < rounds; round += 1) {
    await measureRound(tcp);
    await measureRound(ticket);
  }
  const table = reportOf(tcp, ticket);
  console.log(table);
  await writeFile(
    document,
    `# Tickets beside TCP

<!-- Written by \`npm run bench:tickets\`: run it again instead of editing this file. -->

The same client calls the same control plane, by its URL and by its [ticket](topologies.md#by-a-ticket), on loopback. Requests
are \`GET /queue/stats\`.

${table}

Medians of ${rounds} rounds of ${formatNumber(requests)} requests, in turn, after one that does not count. Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? "unknown processor"},
${cpus().length} cores, Node.js ${process.versions.node}, beside a load of ${formatNumber(otherLoad)} on the machine.
`,
  );
}

await runBenchmark({
  usage: "Usage: npm run bench:tickets",
  parseOptions: (words) => {
    if (words.length > 0) throw new Error(`expected no options, but got ${words.join(" ")}`);
  },
  main,
});
