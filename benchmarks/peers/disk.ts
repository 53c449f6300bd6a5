import type { Engine } from "./engine.ts";
import type { Plan } from "./plan.ts";
import type { DiskUse } from "./results.ts";
import { explain, EngineSession, type Surroundings } from "./engine-session.ts";
import { type Workflow, workflows } from "./workflows.ts";

/**
 * The disk space for workflows: compares the files of properly stopped engines. One has run a single workflow that does
 * nothing, the others also many of one kind.
 *
 * @param into the engine, and where to record what failed
 * @returns nothing for an engine that stores nothing on disk
 */
export async function measureDisk(
  into: { readonly engine: Engine; readonly failures: string[] },
  plan: Plan,
  surroundings: Surroundings,
): Promise<readonly DiskUse[]> {
  const { engine, failures } = into;
  const { bytes: before } = await measureOne(engine, undefined, plan, surroundings);
  if (before === undefined) {
    return [];
  }
  const results: DiskUse[] = [];
  for (const workflow of workflows) {
    try {
      const { bytes = before, count } = await measureOne(engine, workflow, plan, surroundings);
      results.push({
        workflow: workflow.name,
        count,
        bytesPerWorkflow: Math.max(0, bytes - before) / count,
      });
    } catch (error) {
      failures.push(`disk, ${workflow.title}: ${explain(error)}`);
      surroundings.say(`${engine.name} failed: ${explain(error)}`);
    }
  }
  return results;
}

async function measureOne(
  engine: Engine,
  workflow: Workflow | undefined,
  plan: Plan,
  surroundings: Surroundings,
): Promise<{ readonly bytes: number | undefined; readonly count: number }> {
  await using session = await EngineSession.begin(engine, plan, surroundings);
  const count = workflow === undefined ? 0 : await session.run(workflow, plan.workflowsOnDisk);
  return { bytes: await session.end(), count };
}
