import { writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./measure/machine.ts";
import { measureSleepers, type SleepersPlan, type SleepersResult } from "./sleepers/measure.ts";
import { formatSleepers, formatSleepersDocument } from "./sleepers/report.ts";

const documentFile = fileURLToPath(new URL("../docs/benchmarks-sleepers.md", import.meta.url));
const script = fileURLToPath(new URL("../packages/server/bin/flawless.js", import.meta.url));
const usage = `Usage: node benchmarks/sleepers.ts [--quick] [--dir DIRECTORY]

  --quick     20,000 sleeping workflows instead of 1,000,000; docs/benchmarks-sleepers.md stays as it is
  --dir       where the servers keep their journals (default: the system's temporary directory)`;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

interface Options {
  readonly quick: boolean;
  readonly directory: string;
}

async function main({ quick, directory }: Options): Promise<void> {
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

function parseOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      dir: { type: "string", default: tmpdir() },
    },
  });
  return { quick: values.quick, directory: values.dir };
}

let options: Options;
try {
  options = parseOptions();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
try {
  await main(options);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
