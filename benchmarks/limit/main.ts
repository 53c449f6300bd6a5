import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { takeProfile } from "../profile/take-profile.ts";
import { runBenchmark } from "../run-benchmark.ts";
import { openSite } from "../site.ts";
import type { Work } from "./figures.ts";
import { limitScenarios, measureLimits } from "./measure.ts";
import { type LimitOptions, parseLimitOptions, usage } from "./options.ts";
import { fullPlan, quickPlan } from "./plan.ts";
import { formatDocument, formatTables, type WorkProfile } from "./report.ts";

const documentFile = fileURLToPath(new URL("../../docs/benchmarks-limit.md", import.meta.url));
/** Not bundled, so that a profile shows the functions' files. */
const unbundled = fileURLToPath(new URL("./unbundled-server.ts", import.meta.url));

async function main(options: LimitOptions): Promise<void> {
  const plan = options.quick ? quickPlan : fullPlan;
  const results = await measureLimits(plan, options, say);
  const profiles: WorkProfile[] = [];
  if (options.profiles) {
    await using site = await openSite();
    for (const scenario of limitScenarios(site.url)) {
      say(`profile of ${scenario.title}`);
      const { directory } = options;
      const { profileMs } = plan;
      const profile = await takeProfile({
        directory,
        scenario,
        profileMs,
        serverScript: unbundled,
      });
      profiles.push({ work: scenario.title as Work, profile });
    }
  }
  console.log(`\n${formatTables(results, profiles)}`);
  if (!options.quick && options.profiles) {
    writeFileSync(documentFile, formatDocument(results, profiles));
    console.log("\nWritten to docs/benchmarks-limit.md.");
  }
}

function say(what: string): void {
  console.error(`${what} ...`);
}

await runBenchmark({ usage, parseOptions: parseLimitOptions, main });
