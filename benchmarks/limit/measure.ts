import { setTimeout as sleep } from "node:timers/promises";
import { deployModule } from "../measure/deploy.ts";
import { measureDisk } from "../measure/disk.ts";
import { describeMachine, measureFsync, type Machine } from "../measure/machine.ts";
import { watchOtherLoad } from "../measure/other-load.ts";
import { median } from "../report/statistics.ts";
import { createScenarios, type Scenario } from "../scenarios.ts";
import { makeFreshDirectory } from "../server/fresh-directory.ts";
import { residentMemory } from "../server/process-facts.ts";
import { ServerProcess } from "../server/server-process.ts";
import { openSite } from "../site.ts";
import { ChildProgram } from "./child-program.ts";
import {
  callerCounts,
  type Combination,
  programCombination,
  restateCombinations,
  serverCombinations,
} from "./contenders.ts";
import type { ContenderId, Figures, Stretch, Work } from "./figures.ts";
import type { LimitOptions } from "./options.ts";
import type { LimitPlan } from "./plan.ts";

/** How long the server stays idle before its memory is measured. */
const settleMs = 3_000;

/** The results of one run. */
export interface LimitResults {
  readonly date: Date;
  readonly plan: LimitPlan;
  readonly machine: Machine;
  readonly figures: Figures;
  /** Cores that processes outside of the benchmark used; undefined if unknown. */
  readonly otherLoad: number | undefined;
}

const works: readonly Work[] = ["do nothing", "10 steps", "10 HTTP requests"];

/** @param siteUrl the URL for the workflows' requests */
export function limitScenarios(siteUrl: string): readonly Scenario[] {
  return createScenarios(siteUrl).filter(({ title }) => works.some((work) => work === title));
}

/** Measures the server and its limits, in turn. */
export async function measureLimits(
  plan: LimitPlan,
  options: LimitOptions,
  say: (what: string) => void,
): Promise<LimitResults> {
  await using cleanUp = new AsyncDisposableStack();
  const directoryOf = (): string => cleanUp.use(makeFreshDirectory(options.directory)).path;
  const machine = describeMachine(options.directory);
  const site = cleanUp.use(await openSite());
  const scenarios = limitScenarios(site.url);
  const start = async (script: string): Promise<ServerProcess> =>
    cleanUp.use(await ServerProcess.start({ script, directory: directoryOf() }));
  const ours = await start(options.serverScript);
  const combinations: Combination[] = [
    ...serverCombinations(await deployed("ours", ours), scenarios, cleanUp),
  ];
  if (options.before !== undefined) {
    const before = await deployed("before", await start(options.before));
    combinations.push(...serverCombinations(before, scenarios, cleanUp));
  }
  combinations.push(...(await limitCombinations(scenarios, site.url, directoryOf(), cleanUp)));
  combinations.push(...(await restateCombinations(directoryOf(), site.url, cleanUp)));
  say("warming up");
  for (const { run } of combinations) {
    await run(plan.warmUpMs);
  }
  const otherLoad = watchOtherLoad(process.pid);
  const stretches = new Map<Combination, Stretch[]>();
  const fsyncs: number[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    say(`round ${round + 1} of ${plan.rounds}`);
    fsyncs.push(measureFsync(options.directory, plan.fsyncs).p50Ms);
    for (const combination of combinations) {
      const earlier = stretches.get(combination) ?? [];
      stretches.set(combination, [...earlier, await combination.run(plan.roundMs)]);
    }
  }
  const othersUsed = otherLoad();
  await sleep(settleMs);
  const memoryAfterLoad = residentMemory(ours.pid)?.now;
  say("disk");
  const disk = await measureDisk(scenarios, plan, options);
  return {
    date: new Date(),
    plan,
    machine,
    otherLoad: othersUsed,
    figures: {
      stretches: [...stretches].map(([{ contender, work, callers }, all]) => ({
        contender,
        work,
        callers,
        ...mediansOf(all),
      })),
      fsyncMs: median(fsyncs),
      memoryAfterLoad,
      disk: disk.map(({ scenario, bytesPerWorkflow }) => ({
        work: scenario.title as Work,
        bytes: bytesPerWorkflow,
      })),
    },
  };
}

async function deployed<Id extends string>(
  contender: Id,
  { url, pid }: ServerProcess,
): Promise<{
  readonly contender: Id;
  readonly url: string;
  readonly pid: number;
  readonly module: { readonly name: string; readonly version: string };
}> {
  return { contender, url, pid, module: await deployModule(url) };
}

/** The programs that show the server's limits, each in its own process. */
async function limitCombinations(
  scenarios: readonly Scenario[],
  siteUrl: string,
  directory: string,
  cleanUp: AsyncDisposableStack,
): Promise<readonly Combination[]> {
  const program = async (name: string, ...parameters: string[]): Promise<ChildProgram> =>
    cleanUp.use(await ChildProgram.start(new URL(`./${name}.ts`, import.meta.url), parameters));
  const commit = await program("commit-server", directory);
  const guests = await program("bare-guests");
  const requests = await program("bare-requests", siteUrl);
  const started = {
    contender: "commit server",
    url: `http://127.0.0.1:${String(commit.firstMessage)}`,
    pid: commit.pid,
    module: { name: "conformance", version: "0.1.0" },
  } as const;
  return [
    ...serverCombinations(started, scenarios.slice(0, 1), cleanUp),
    ...scenarios.flatMap(({ title, workflow }) => {
      const guestCombination = (contender: ContenderId, instance: string): Combination =>
        programCombination(
          guests,
          { contender, work: title as Work, callers: 64 },
          `${workflow} ${instance}`,
        );
      return [guestCombination("bare guests", "again"), guestCombination("new guests", "new")];
    }),
    ...callerCounts.map((callers) =>
      programCombination(
        requests,
        { contender: "bare requests", work: "10 HTTP requests", callers },
        "requests",
      ),
    ),
  ];
}

function mediansOf(stretches: readonly Stretch[]): Stretch {
  const known = (value: (stretch: Stretch) => number | undefined): number | undefined => {
    const values = stretches.map(value).filter((each) => each !== undefined);
    return values.length < stretches.length ? undefined : median(values);
  };
  return {
    perSecond: median(stretches.map(({ perSecond }) => perSecond)),
    p50Ms: median(stretches.map(({ p50Ms }) => p50Ms)),
    cpuMs: known(({ cpuMs }) => cpuMs),
    busiestMs: known(({ busiestMs }) => busiestMs),
  };
}
