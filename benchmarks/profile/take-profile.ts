import { deployModule } from "../measure/deploy.ts";
import { runLoad } from "../measure/load.ts";
import { Starter } from "../measure/starter.ts";
import type { Scenario } from "../scenarios.ts";
import { findFreePort } from "../server/free-port.ts";
import { makeFreshDirectory } from "../server/fresh-directory.ts";
import { threadTimes, type ThreadTime } from "../server/process-facts.ts";
import { ServerProcess } from "../server/server-process.ts";
import { selfTimes, type CpuProfile, type SelfTime } from "./cpu-profile.ts";
import { Inspector, type InspectedThread } from "./inspector.ts";

/** The number of concurrent callers. */
export const profiledCallers = 64;
const warmUpMs = 1_500;
const samplingMicroseconds = 200;

/** The settings for profiling a server. */
export interface ProfileOptions {
  /** The script of the `flawless` command. */
  readonly serverScript: string;
  /** The server gets a new directory in this one. */
  readonly directory: string;
  readonly scenario: Scenario;
  /** Milliseconds of load, with and without the profiler. */
  readonly profileMs: number;
}

/** What a server's threads were doing under load. */
export interface ServerProfile {
  readonly startsPerSecond: number;
  readonly startsPerSecondProfiled: number;
  /** The CPU usage of each thread without the profiler, in percent of a core; the busiest first. */
  readonly threads: readonly { readonly name: string; readonly percent: number }[];
  /** Threads grouped by what they run. */
  readonly groups: readonly ThreadGroup[];
}

/** Threads that run the same script. */
export interface ThreadGroup {
  /** `main`, or the name of the script. */
  readonly name: string;
  readonly count: number;
  /** For all its threads together, longest first. */
  readonly times: readonly SelfTime[];
}

/** Puts a server under load with one kind of workflow, and shows what its threads were doing. */
export async function takeProfile(options: ProfileOptions): Promise<ServerProfile> {
  const { profileMs, scenario } = options;
  using directory = makeFreshDirectory(options.directory);
  const inspectorPort = await findFreePort();
  await using server = await ServerProcess.start({
    script: options.serverScript,
    directory: directory.path,
    nodeOptions: [`--inspect=127.0.0.1:${inspectorPort}`],
  });
  const module = await deployModule(server.url);
  await using starter = new Starter(server.url, module, profiledCallers);
  const load = async (durationMs: number): Promise<number> => {
    const result = await runLoad(starter, server.pid, scenario, profiledCallers, { durationMs });
    return result.startsPerSecond;
  };
  await load(warmUpMs);
  const before = threadTimes(server.pid);
  const startsPerSecond = await load(profileMs);
  const threads = cpuOfThreads(before, threadTimes(server.pid), profileMs);
  using inspector = await Inspector.connect(inspectorPort);
  await Promise.all(inspector.threads.map(beginProfile));
  const startsPerSecondProfiled = await load(profileMs);
  const profiles = await Promise.all(
    inspector.threads.map(async (thread) => ({ thread, profile: await endProfile(thread) })),
  );
  const groups = Map.groupBy(profiles, ({ thread }) => thread.name.split("/").at(-1) ?? "");
  return {
    startsPerSecond,
    startsPerSecondProfiled,
    threads,
    groups: [...groups].map(([name, group]) => ({
      name,
      count: group.length,
      times: selfTimes(group.map(({ profile }) => profile)),
    })),
  };
}

async function beginProfile(thread: InspectedThread): Promise<void> {
  await thread.send("Profiler.enable");
  await thread.send("Profiler.setSamplingInterval", { interval: samplingMicroseconds });
  await thread.send("Profiler.start");
}

async function endProfile(thread: InspectedThread): Promise<CpuProfile> {
  const { profile } = (await thread.send("Profiler.stop")) as { readonly profile: CpuProfile };
  return profile;
}

function cpuOfThreads(
  before: readonly ThreadTime[],
  after: readonly ThreadTime[],
  elapsedMs: number,
): ServerProfile["threads"] {
  const earlier = new Map(before.map(({ thread, cpuMs }) => [thread, cpuMs]));
  return after
    .map(({ thread, name, cpuMs }) => ({
      name,
      percent: ((cpuMs - (earlier.get(thread) ?? 0)) * 100) / elapsedMs,
    }))
    .filter(({ percent }) => percent > 0)
    .toSorted((a, b) => b.percent - a.percent);
}
