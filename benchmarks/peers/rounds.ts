import { setTimeout as sleep } from "node:timers/promises";
import { watchOtherLoad } from "../control-plane/other-load.ts";
import type { Engine, EngineDescription } from "./engine.ts";
import type { Stretch } from "./load.ts";
import type { Plan } from "./plan.ts";
import type { TreeMemory } from "./process-tree.ts";
import type { EngineResult } from "./results.ts";
import { explain, EngineSession, type Surroundings } from "./engine-session.ts";
import { callerCounts, type Workflow, workflows } from "./workflows.ts";

/** An engine's figures, added as they are measured. */
export class EngineFigures {
  readonly engine: Engine;
  readonly readyMs: number[] = [];
  readonly firstResponseMs: number[] = [];
  readonly idleMemory: TreeMemory[] = [];
  readonly memoryAfterLoad: TreeMemory[] = [];
  readonly stretches: Map<string, Stretch[]> = new Map();
  readonly failures: string[] = [];
  readonly otherLoad: number[] = [];

  constructor(engine: Engine) {
    this.engine = engine;
  }

  add(workflow: Workflow, callers: number, stretch: Stretch): void {
    const key = keyOf(workflow, callers);
    const stretches = this.stretches.get(key) ?? [];
    stretches.push(stretch);
    this.stretches.set(key, stretches);
  }

  result(): Omit<EngineResult, "disk"> {
    const { start: _, ...engine } = this.engine;
    const description: EngineDescription = engine;
    return {
      engine: description,
      readyMs: this.readyMs,
      firstResponseMs: this.firstResponseMs,
      idleMemory: this.idleMemory,
      memoryAfterLoad: this.memoryAfterLoad,
      cells: workflows.flatMap((workflow) =>
        callerCounts.map((callers) => ({
          workflow: workflow.name,
          callers,
          stretches: this.stretches.get(keyOf(workflow, callers)) ?? [],
        })),
      ),
      failures: this.failures,
    };
  }
}

/**
 * Measures engines in turn, each alone on the machine, with new files in each round, and starting each round with a
 * different engine.
 */
export async function runRounds(
  figures: readonly EngineFigures[],
  plan: Plan,
  surroundings: Surroundings,
  kinds: readonly Workflow[] = workflows,
): Promise<void> {
  for (let round = 0; round < plan.rounds; round += 1) {
    for (let turn = 0; turn < figures.length; turn += 1) {
      const into = figures[(round + turn) % figures.length];
      if (into !== undefined) {
        surroundings.say(`round ${round + 1} of ${plan.rounds}: ${into.engine.name}`);
        try {
          await runRound(into, round + 1, plan, surroundings, kinds);
        } catch (error) {
          into.failures.push(`round ${round + 1}: ${explain(error)}`);
          surroundings.say(`${into.engine.name} failed: ${explain(error)}`);
        }
      }
    }
  }
}

async function runRound(
  into: EngineFigures,
  round: number,
  plan: Plan,
  surroundings: Surroundings,
  kinds: readonly Workflow[],
): Promise<void> {
  await using session = await EngineSession.begin(into.engine, plan, surroundings);
  const { readyMs, firstResponseMs } = session;
  await sleep(plan.settleMs);
  const idle = session.memory();
  const otherLoad = watchOtherLoad(session.processes);
  await session.warmUp();
  const stretches: (readonly [Workflow, number, Stretch])[] = [];
  for (const callers of callerCounts) {
    for (const workflow of kinds) {
      const stretch = await session.load(workflow, callers, plan.stretchMs);
      if (stretch !== undefined) {
        stretches.push([workflow, callers, stretch]);
      }
    }
  }
  const othersUsed = session.restarted ? undefined : otherLoad();
  await sleep(plan.settleMs);
  const afterLoad = session.memoryAfterLoad();
  await session.end();
  // Only now: if the engine could not be measured completely, nothing of the round counts.
  into.failures.push(...session.failures.map((failure) => `round ${round}, ${failure}`));
  into.readyMs.push(readyMs);
  into.firstResponseMs.push(firstResponseMs);
  into.idleMemory.push(...(idle === undefined ? [] : [idle]));
  into.memoryAfterLoad.push(...(afterLoad === undefined ? [] : [afterLoad]));
  into.otherLoad.push(...(othersUsed === undefined ? [] : [othersUsed]));
  for (const [workflow, callers, stretch] of stretches) {
    into.add(workflow, callers, stretch);
  }
}

function keyOf({ name }: Workflow, callers: number): string {
  return `${name} ${callers}`;
}
