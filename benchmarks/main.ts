import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { measureDisk } from "./measure/disk.ts";
import { describeMachine } from "./measure/machine.ts";
import { measureReadiness } from "./measure/readiness.ts";
import { measureSpeed } from "./measure/speed.ts";
import { parseOptions, usage, type Options } from "./options.ts";
import { fullPlan, quickPlan } from "./plan.ts";
import { profileServer } from "./profile/profile-server.ts";
import { formatDocument, formatTables } from "./report/report.ts";
import type { Results } from "./report/results.ts";
import { runBenchmark } from "./run-benchmark.ts";
import { createScenarios } from "./scenarios.ts";
import { openSite } from "./site.ts";

const documentFile = fileURLToPath(new URL("../docs/benchmarks-engine.md", import.meta.url));

async function measureAll(options: Options): Promise<Results> {
  const plan = options.mode === "quick" ? quickPlan : fullPlan;
  await using site = await openSite();
  const scenarios = createScenarios(site.url);
  say("machine");
  const machine = describeMachine(options.directory);
  say("time to ready");
  const readyMs = await measureReadiness(plan, options);
  say("speed and memory");
  const loaded = await measureSpeed(scenarios, plan, options);
  say("disk");
  const disk = await measureDisk(scenarios, plan, options);
  return { date: new Date(), plan, machine, ...loaded, readyMs, disk };
}

async function main(options: Options): Promise<void> {
  if (options.mode === "profile") {
    console.log(await profileServer(options));
    return;
  }
  const results = await measureAll(options);
  console.log(`\n${formatTables(results)}`);
  if (options.mode === "full") {
    writeFileSync(documentFile, formatDocument(results));
    console.log("\nWritten to docs/benchmarks-engine.md.");
  }
}

function say(what: string): void {
  console.error(`measuring ${what} ...`);
}

await runBenchmark({ usage, parseOptions, main });
