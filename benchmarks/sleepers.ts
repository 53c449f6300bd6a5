import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { describeMachine } from "./measure/machine.ts";
import { parseQuickOptions, type QuickOptions } from "./quick-options.ts";
import { runBenchmark } from "./run-benchmark.ts";
import { measureSleepers, type SleepersPlan, type SleepersResult } from "./sleepers/measure.ts";
import { formatSleepers, formatSleepersDocument } from "./sleepers/report.ts";

const documentFile = fileURLToPath(new URL("../docs/benchmarks-sleepers.md", import.meta.url));
const script = fileURLToPath(new URL("../packages/server/bin/flawless.js", import.meta.url));
const usage = `Usage: node benchmarks/sleepers.ts [--quick] [--dir DIRECTORY]

  --quick     20,000 sleeping workflows instead of 1,000,000; docs/benchmarks-sleepers.md stays as it is
  --dir       where the servers keep their journals (default: the system's temporary directory)`;

async function main({ quick, directory }: QuickOptions): Promise<void> {
  const plan: SleepersPlan = {
    asleep: quick ? [0, 20_000] : [0, 1_000_000],
    wake: 1_000,
    started: quick ? 500 : 5_000,
  };
  const [otherLoad = 0] = loadavg();
  const machine = describeMachine(directory);
  const results: SleepersResult[] = [];
  for (const asleep of plan.asleep) {
    console.error(`measuring ${asleep.toLocaleString("en-US")} sleeping workflows ...`);
    results.push(await measureSleepers(asleep, plan, { directory, script }));
  }
  console.log(formatSleepers(results, plan));
  if (!quick) {
    writeFileSync(documentFile, formatSleepersDocument(results, plan, machine, otherLoad));
  }
}

await runBenchmark({ usage, parseOptions: parseQuickOptions, main });
