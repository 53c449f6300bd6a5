import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { type CoresPlan, measureCores } from "./cores/measure.ts";
import { formatCores, formatCoresDocument } from "./cores/report.ts";
import { describeMachine } from "./measure/machine.ts";
import { parseQuickOptions, type QuickOptions } from "./quick-options.ts";
import { runBenchmark } from "./run-benchmark.ts";

const documentFile = fileURLToPath(new URL("../docs/benchmarks-cores.md", import.meta.url));
const script = fileURLToPath(new URL("../packages/server/bin/flawless.js", import.meta.url));
const usage = `Usage: npm run bench:cores -- [--quick] [--dir DIRECTORY]

  --quick     rougher figures; docs/benchmarks-cores.md stays as it is
  --dir       where servers keep their journals (default: the system's temporary directory)`;
const fullPlan: CoresPlan = { engines: [1, 2, 4], rounds: 7, starts: 5_000 };
const quickPlan: CoresPlan = { engines: [1, 2], rounds: 3, starts: 3_000 };
const maxMs = 15 * 60_000;

async function main({ quick, directory }: QuickOptions): Promise<void> {
  setTimeout(() => {
    console.error(`the benchmark was not done after ${maxMs / 60_000} minutes`);
    process.exit(1);
  }, maxMs).unref();
  const plan = quick ? quickPlan : fullPlan;
  const machine = describeMachine(directory);
  const [otherLoad = 0] = loadavg();
  const results = await measureCores(directory, script, plan);
  console.log(formatCores(results));
  if (!quick) {
    writeFileSync(documentFile, formatCoresDocument(results, plan, machine, otherLoad));
  }
}

await runBenchmark({ usage, parseOptions: parseQuickOptions, main });
