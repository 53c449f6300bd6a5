import { randomUUID } from "node:crypto";
import { deployModule } from "../measure/deploy.ts";
import { runLoad } from "../measure/load.ts";
import { Starter } from "../measure/starter.ts";
import { median } from "../report/statistics.ts";
import { createScenarios, type Scenario } from "../scenarios.ts";
import { type FreshDirectory, makeFreshDirectory } from "../server/fresh-directory.ts";
import { threadTimes } from "../server/process-facts.ts";
import { ServerProcess } from "../server/server-process.ts";

/** The number of busy callers, each with its own connection. */
export const callers = 64;

/** How much to measure. */
export interface CoresPlan {
  /** Servers with these numbers of engines take turns. */
  readonly engines: readonly number[];
  readonly rounds: number;
  /** The number of workflows in each round, for each server. */
  readonly starts: number;
}

/** Whether starts have idempotency keys, which makes many of them arrive at another engine first. */
export type StartKind = "without keys" | "with keys";

/** Medians over all rounds. */
export interface CoresResult {
  readonly engines: number;
  readonly kind: StartKind;
  /** Milliseconds of CPU for each workflow, in the busiest thread. */
  readonly busiestMs: number;
  /** The same, in all threads together. */
  readonly allMs: number;
  readonly startsPerSecond: number;
}

interface Contender {
  readonly engines: number;
  readonly server: ServerProcess;
  readonly starter: Starter;
  readonly directory: FreshDirectory;
}

type Figures = Omit<CoresResult, "engines" | "kind">;

/** Servers with several numbers of engines: only one works at a time, in turn. */
export async function measureCores(
  directory: string,
  script: string,
  plan: CoresPlan,
): Promise<readonly CoresResult[]> {
  const [scenario] = createScenarios("http://127.0.0.1/");
  if (scenario === undefined) {
    throw new Error("there is no workflow to measure");
  }
  const contenders: Contender[] = [];
  try {
    for (const engines of plan.engines) {
      contenders.push(await open(directory, script, engines));
    }
    const results: CoresResult[] = [];
    for (const kind of ["without keys", "with keys"] as const) {
      const figures = new Map<number, Figures[]>();
      // The first round is a warm-up.
      for (let round = 0; round <= plan.rounds; round += 1) {
        for (const contender of contenders) {
          const measured = await measure(contender, scenario, kind, plan.starts);
          const before = round === 0 ? [] : (figures.get(contender.engines) ?? []);
          figures.set(contender.engines, round === 0 ? [] : [...before, measured]);
        }
      }
      for (const [engines, all] of figures) {
        const middle = (name: keyof Figures): number => median(all.map((each) => each[name]));
        results.push({
          engines,
          kind,
          busiestMs: middle("busiestMs"),
          allMs: middle("allMs"),
          startsPerSecond: middle("startsPerSecond"),
        });
      }
    }
    return results;
  } finally {
    for (const { server, starter, directory: own } of contenders) {
      await starter[Symbol.asyncDispose]();
      await server.stop();
      own[Symbol.dispose]();
    }
  }
}

async function open(parent: string, script: string, engines: number): Promise<Contender> {
  const directory = makeFreshDirectory(parent);
  const server = await ServerProcess.start({
    script,
    directory: directory.path,
    parameters: ["--engines", String(engines)],
  });
  const starter = new Starter(server.url, await deployModule(server.url), callers);
  return { engines, server, starter, directory };
}

async function measure(
  { server, starter }: Contender,
  scenario: Scenario,
  kind: StartKind,
  starts: number,
): Promise<Figures> {
  const run = randomUUID();
  const keyFor = kind === "with keys" ? (start: number) => `${run}-${start}` : undefined;
  const before = new Map(threadTimes(server.pid).map(({ thread, cpuMs }) => [thread, cpuMs]));
  const load = await runLoad(starter, server.pid, scenario, callers, { starts }, keyFor);
  const used = threadTimes(server.pid).map(
    ({ thread, cpuMs }) => (cpuMs - (before.get(thread) ?? 0)) / starts,
  );
  if (used.length === 0) {
    throw new Error("the CPU time of threads is only to be had where there is /proc");
  }
  return {
    busiestMs: Math.max(...used),
    allMs: used.reduce((sum, each) => sum + each),
    startsPerSecond: load.startsPerSecond,
  };
}
