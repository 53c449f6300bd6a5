import { setTimeout as sleep } from "node:timers/promises";
import type { Options } from "../options.ts";
import type { Plan } from "../plan.ts";
import { median } from "../report/statistics.ts";
import { callerCounts, type Scenario } from "../scenarios.ts";
import { makeFreshDirectory } from "../server/fresh-directory.ts";
import { residentMemory, type ResidentMemory } from "../server/process-facts.ts";
import { ServerProcess } from "../server/server-process.ts";
import { assertNoneFailed, deployModule } from "./deploy.ts";
import { runLoad, type LoadResult } from "./load.ts";
import { watchOtherLoad } from "./other-load.ts";
import { Starter } from "./starter.ts";

/** The medians of all rounds for one kind of workflow and number of callers. */
export interface SpeedResult extends LoadResult {
  readonly scenario: Scenario;
  readonly callers: number;
}

/** All results of a server under load. */
export interface LoadedServer {
  readonly speed: readonly SpeedResult[];
  readonly memory: MemoryResult;
  /** Cores that processes outside of the benchmark used meanwhile; undefined if unknown. */
  readonly otherLoad: number | undefined;
}

/** The memory of the server that was under load. */
export interface MemoryResult {
  readonly idle: ResidentMemory | undefined;
  readonly afterLoad: ResidentMemory | undefined;
}

/** How long the server stays idle before its memory is measured. */
const settleMs = 500;

interface Combination {
  readonly scenario: Scenario;
  readonly callers: number;
  readonly rounds: LoadResult[];
}

/** Puts a server under load with each kind of workflow and each number of callers. */
export async function measureSpeed(
  scenarios: readonly Scenario[],
  plan: Plan,
  options: Options,
): Promise<LoadedServer> {
  using directory = makeFreshDirectory(options.directory);
  await using server = await ServerProcess.start({
    script: options.serverScript,
    directory: directory.path,
  });
  await sleep(settleMs);
  const idle = residentMemory(server.pid);
  const module = await deployModule(server.url);
  const combinations: readonly Combination[] = scenarios.flatMap((scenario) =>
    callerCounts.map((callers) => ({ scenario, callers, rounds: [] })),
  );
  await using starter = new Starter(server.url, module, Math.max(...callerCounts));
  for (const { scenario, callers } of combinations) {
    await runLoad(starter, server.pid, scenario, callers, { durationMs: plan.warmUpMs });
  }
  const otherLoad = watchOtherLoad(server.pid);
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { scenario, callers, rounds } of combinations) {
      rounds.push(
        await runLoad(starter, server.pid, scenario, callers, { durationMs: plan.roundMs }),
      );
    }
  }
  const othersUsed = otherLoad();
  await assertNoneFailed(server.url);
  await sleep(settleMs);
  const afterLoad = residentMemory(server.pid);
  return {
    speed: combinations.map(mediansOf),
    memory: { idle, afterLoad },
    otherLoad: othersUsed,
  };
}

function mediansOf({ scenario, callers, rounds }: Combination): SpeedResult {
  const middle = (value: (round: LoadResult) => number): number => median(rounds.map(value));
  const known = rounds.every((round) => round.serverCpuMs !== undefined);
  return {
    scenario,
    callers,
    starts: middle((round) => round.starts),
    startsPerSecond: middle((round) => round.startsPerSecond),
    p50Ms: middle((round) => round.p50Ms),
    p99Ms: middle((round) => round.p99Ms),
    serverCpuMs: known ? middle((round) => round.serverCpuMs ?? 0) : undefined,
    clientCpuMs: middle((round) => round.clientCpuMs),
  };
}
