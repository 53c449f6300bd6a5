import type { Options } from "../options.ts";
import type { Plan } from "../plan.ts";
import type { Scenario } from "../scenarios.ts";
import { bytesIn, makeFreshDirectory } from "../server/fresh-directory.ts";
import { ServerProcess } from "../server/server-process.ts";
import { deployModule } from "./deploy.ts";
import { runLoad } from "./load.ts";
import { Starter } from "./starter.ts";

const callers = 64;

/** The disk space for a kind of workflow. */
export interface DiskResult {
  readonly scenario: Scenario;
  readonly bytesPerWorkflow: number;
}

/** Compares the directories of stopped servers: one has run nothing, the others one kind of workflow each. */
export async function measureDisk(
  scenarios: readonly Scenario[],
  plan: Pick<Plan, "workflowsOnDisk">,
  options: Pick<Options, "directory" | "serverScript">,
): Promise<readonly DiskResult[]> {
  const emptyBytes = await bytesAfter(undefined, plan, options);
  const results: DiskResult[] = [];
  for (const scenario of scenarios) {
    const bytes = await bytesAfter(scenario, plan, options);
    results.push({ scenario, bytesPerWorkflow: (bytes - emptyBytes) / plan.workflowsOnDisk });
  }
  return results;
}

async function bytesAfter(
  scenario: Scenario | undefined,
  plan: Pick<Plan, "workflowsOnDisk">,
  options: Pick<Options, "directory" | "serverScript">,
): Promise<number> {
  using directory = makeFreshDirectory(options.directory);
  await using server = await ServerProcess.start({
    script: options.serverScript,
    directory: directory.path,
  });
  const module = await deployModule(server.url);
  if (scenario !== undefined) {
    await using starter = new Starter(server.url, module, callers);
    await runLoad(starter, server.pid, scenario, callers, { starts: plan.workflowsOnDisk });
  }
  // Stopped properly, so that nothing is left in a write-ahead log.
  await server.stop();
  return bytesIn(directory.path);
}
