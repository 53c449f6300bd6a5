import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { fill } from "./lists/fill.ts";
import { measureLists } from "./lists/measure.ts";
import { formatLists, formatListsDocument } from "./lists/report.ts";
import { describeMachine } from "./measure/machine.ts";
import { parseQuickOptions, type QuickOptions } from "./quick-options.ts";
import { runBenchmark } from "./run-benchmark.ts";
import { makeFreshDirectory } from "./server/fresh-directory.ts";

const documentFile = fileURLToPath(new URL("../docs/benchmarks-lists.md", import.meta.url));
const usage = `Usage: node benchmarks/lists.ts [--quick] [--dir DIRECTORY]

  --quick     50,000 workflows instead of 1,000,000; docs/benchmarks-lists.md stays as it is
  --dir       where the server keeps its journal (default: the system's temporary directory)`;

async function main({ quick, directory }: QuickOptions): Promise<void> {
  const count = quick ? 50_000 : 1_000_000;
  const [otherLoad = 0] = loadavg();
  const machine = describeMachine(directory);
  using fresh = makeFreshDirectory(directory);
  console.error(`writing ${count.toLocaleString("en-US")} workflows ...`);
  const filled = await fill(fresh.path, count);
  console.error("reading lists ...");
  const results = await measureLists(fresh.path, filled);
  console.log(formatLists(results));
  if (!quick) {
    writeFileSync(documentFile, formatListsDocument(results, count, machine, otherLoad));
  }
}

await runBenchmark({ usage, parseOptions: parseQuickOptions, main });
