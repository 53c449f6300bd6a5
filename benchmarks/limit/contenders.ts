import { runLoad } from "../measure/load.ts";
import { Starter } from "../measure/starter.ts";
import { findRestate } from "../peers/engines/restate.ts";
import { runLoad as runPeer } from "../peers/load.ts";
import { workflows } from "../peers/workflows.ts";
import { percentile } from "../report/statistics.ts";
import type { Scenario } from "../scenarios.ts";
import { threadTimes } from "../server/process-facts.ts";
import type { ChildProgram } from "./child-program.ts";
import type { ContenderId, Stretch, Work } from "./figures.ts";

/** The number of concurrent callers. */
export const callerCounts: readonly number[] = [1, 64];
/** Peers slower than this are not waited for. */
const peerMaxMs = 60_000;

/** One combination that is measured repeatedly. */
export interface Combination {
  readonly contender: ContenderId;
  readonly work: Work;
  readonly callers: number;
  run(durationMs: number): Promise<Stretch>;
}

/** A server that starts workflows over HTTP. */
export interface StartedServer {
  readonly contender: ContenderId;
  readonly url: string;
  readonly pid: number;
  readonly module: { readonly name: string; readonly version: string };
}

/** For each scenario, and each number of callers. */
export function serverCombinations(
  { contender, url, pid, module }: StartedServer,
  scenarios: readonly Scenario[],
  cleanUp: AsyncDisposableStack,
): readonly Combination[] {
  const starter = cleanUp.use(new Starter(url, module, Math.max(...callerCounts)));
  return scenarios.flatMap((scenario) =>
    callerCounts.map((callers) => ({
      contender,
      work: scenario.title as Work,
      callers,
      run: async (durationMs: number): Promise<Stretch> => {
        const before = threadTimes(pid);
        const load = await runLoad(starter, pid, scenario, callers, { durationMs });
        return {
          perSecond: load.startsPerSecond,
          p50Ms: load.p50Ms,
          ...cpuOf(pid, before, load.starts),
        };
      },
    })),
  );
}

/** For a program that serves stretches. */
export function programCombination(
  program: ChildProgram,
  combination: Pick<Combination, "contender" | "work" | "callers">,
  what: string,
): Combination {
  const { callers } = combination;
  return {
    ...combination,
    run: async (durationMs: number): Promise<Stretch> => {
      const before = threadTimes(program.pid);
      const reply = await program.stretch({ what, durationMs, callers });
      const { busiestMs } = cpuOf(program.pid, before, reply.count);
      return {
        perSecond: (reply.count * 1000) / reply.elapsedMs,
        p50Ms: percentile(
          reply.latencies.toSorted((a, b) => a - b),
          50,
        ),
        cpuMs: reply.cpuMs / reply.count,
        busiestMs,
      };
    },
  };
}

/** For Restate, if `bench:peers` has installed it; otherwise none. */
export async function restateCombinations(
  directory: string,
  siteUrl: string,
  cleanUp: AsyncDisposableStack,
): Promise<readonly Combination[]> {
  const found = findRestate();
  if (!("engine" in found)) {
    return [];
  }
  const connections = Math.max(...callerCounts);
  const engine = cleanUp.use(await found.engine.start({ directory, connections, siteUrl }));
  return workflows
    .filter(({ name }) => name !== "ten_activities")
    .flatMap((workflow) =>
      callerCounts.map((callers) => ({
        contender: "Restate",
        work: workflow.title as Work,
        callers,
        run: async (durationMs: number): Promise<Stretch> => {
          const call = async (): Promise<void> => {
            if (!workflow.accepts(await engine.call(workflow))) {
              throw new Error(`Restate gave a wrong answer to ${workflow.title}`);
            }
          };
          const load = await runPeer(call, callers, { durationMs, maxMs: peerMaxMs });
          return {
            perSecond: load.workflowsPerSecond,
            p50Ms: load.p50Ms,
            cpuMs: undefined,
            busiestMs: undefined,
          };
        },
      })),
    );
}

function cpuOf(
  pid: number,
  before: ReturnType<typeof threadTimes>,
  count: number,
): Pick<Stretch, "cpuMs" | "busiestMs"> {
  const earlier = new Map(before.map(({ thread, cpuMs }) => [thread, cpuMs]));
  const used = threadTimes(pid).map(({ thread, cpuMs }) => cpuMs - (earlier.get(thread) ?? 0));
  return used.length === 0
    ? { cpuMs: undefined, busiestMs: undefined }
    : {
        cpuMs: used.reduce((sum, ms) => sum + ms, 0) / count,
        busiestMs: Math.max(...used) / count,
      };
}
