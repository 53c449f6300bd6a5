import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describeMachine } from "../measure/machine.ts";
import { runBenchmark } from "../run-benchmark.ts";
import { drawFailOver } from "./draw-fail-over.ts";
import { failOver, leaseMs, stepMs } from "./fail-over.ts";
import { type FailOverResults, formatFailOver } from "./report.ts";
import { measureTakeOver } from "./take-over.ts";
import { measureThroughput } from "./throughput.ts";

const root = new URL("../../", import.meta.url);
const usage = `Usage: node benchmarks/cluster/failover.ts [--quick]

  --quick     100 running workflows instead of 1,000, and 20,000 asleep instead of 1,000,000; docs/ stays as it is`;

interface Options {
  readonly quick: boolean;
}

async function main({ quick }: Options): Promise<void> {
  const running = quick ? 100 : 1_000;
  const asleep = quick ? 20_000 : 1_000_000;
  const lease = `${leaseMs}ms`;
  const machine = describeMachine("/tmp");
  const [kill, stop] = [await failOver(running, "kill"), await failOver(running, "stop")];
  console.error("one node and two: workflows that do nothing ...");
  const nodes = await measureThroughput([1, 2], lease);
  console.error(
    `one of two nodes is killed while ${asleep.toLocaleString("en-US")} workflows sleep ...`,
  );
  const takeOver = await measureTakeOver(asleep, lease);
  const results: FailOverResults = {
    machine,
    running,
    leaseMs,
    stepMs,
    kill,
    stop,
    nodes,
    takeOver,
  };
  const text = formatFailOver(results);
  console.log(text);
  if (!quick) {
    writeFileSync(new URL("docs/benchmarks-failover.md", root), text);
    writeFileSync(new URL("docs/plots/fail-over.svg", root), drawFailOver(results));
  }
}

function parseOptions(commandLine: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...commandLine],
    options: { quick: { type: "boolean", default: false } },
  });
  return { quick: values.quick };
}

await runBenchmark({ usage, parseOptions, main });
