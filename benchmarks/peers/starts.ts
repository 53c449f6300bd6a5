import type { Engine, EngineId } from "./engine.ts";
import type { Plan } from "./plan.ts";
import { EngineSession, type Surroundings } from "./engine-session.ts";

/** How long an engine took to start, in milliseconds, for each start that counts. */
export interface Starts {
  readonly readyMs: readonly number[];
  readonly firstResponseMs: readonly number[];
}

/**
 * Starts engines in turn, with new files each time. The first start of each doesn't count: it may have to read the
 * program from disk, which depends more on what the machine did before than on the engine.
 */
export async function measureStarts(
  engines: readonly Engine[],
  plan: Plan,
  surroundings: Surroundings,
): Promise<ReadonlyMap<EngineId, Starts>> {
  const measured = new Map<EngineId, { readyMs: number[]; firstResponseMs: number[] }>();
  for (let turn = 0; turn <= plan.starts; turn += 1) {
    surroundings.say(turn === 0 ? "starts that do not count" : `start ${turn} of ${plan.starts}`);
    for (const engine of engines) {
      const into = measured.get(engine.id) ?? { readyMs: [], firstResponseMs: [] };
      measured.set(engine.id, into);
      await using session = await EngineSession.begin(engine, plan, surroundings);
      if (turn > 0) {
        into.readyMs.push(session.readyMs);
        into.firstResponseMs.push(session.firstResponseMs);
      }
      await session.end();
    }
  }
  return measured;
}
