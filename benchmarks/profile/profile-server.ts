import { deployModule } from "../measure/deploy.ts";
import { runLoad } from "../measure/load.ts";
import { Starter } from "../measure/starter.ts";
import type { Options } from "../options.ts";
import { formatNumber } from "../report/numbers.ts";
import { formatTable } from "../report/table.ts";
import { createScenarios } from "../scenarios.ts";
import { findFreePort } from "../server/free-port.ts";
import { makeFreshDirectory } from "../server/fresh-directory.ts";
import { threadTimes, type ThreadTime } from "../server/process-facts.ts";
import { ServerProcess } from "../server/server-process.ts";
import { selfTimes, type CpuProfile } from "./cpu-profile.ts";
import { Inspector, type InspectedThread } from "./inspector.ts";

const callers = 64;
const warmUpMs = 1_500;
const profileMs = 5_000;
const samplingMicroseconds = 200;
const placesShown = 30;

/** Puts a server under load with do-nothing workflows and tells what its threads were doing. */
export async function profileServer(options: Options): Promise<string> {
  const [scenario] = createScenarios("http://127.0.0.1/");
  if (scenario === undefined) {
    throw new Error("there is no workflow to profile");
  }
  using directory = makeFreshDirectory(options.directory);
  const inspectorPort = await findFreePort();
  await using server = await ServerProcess.start({
    script: options.serverScript,
    directory: directory.path,
    nodeOptions: [`--inspect=127.0.0.1:${inspectorPort}`],
  });
  const module = await deployModule(server.url);
  await using starter = new Starter(server.url, module, callers);
  await runLoad(starter, server.pid, scenario, callers, { durationMs: warmUpMs });
  const before = threadTimes(server.pid);
  const plain = await runLoad(starter, server.pid, scenario, callers, { durationMs: profileMs });
  const threads = cpuOfThreads(before, threadTimes(server.pid), profileMs);
  using inspector = await Inspector.connect(inspectorPort);
  await Promise.all(inspector.threads.map(beginProfile));
  const load = await runLoad(starter, server.pid, scenario, callers, { durationMs: profileMs });
  const profiles = await Promise.all(
    inspector.threads.map(async (thread) => ({ thread, profile: await endProfile(thread) })),
  );
  const groups = Map.groupBy(profiles, ({ thread }) => thread.name.split("/").at(-1) ?? "");
  return [
    `${formatNumber(plain.startsPerSecond)} starts/s; while profiled ${formatNumber(load.startsPerSecond)}`,
    "CPU by thread, percent of one core, not profiled:",
    threads,
    ...[...groups].flatMap(([name, group]) => [
      `${name} (${group.length}), self time in percent of all its threads' time:`,
      placesTable(group.map(({ profile }) => profile)),
    ]),
  ].join("\n\n");
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
): string {
  const earlier = new Map(before.map(({ thread, cpuMs }) => [thread, cpuMs]));
  const used = after
    .map(({ thread, name, cpuMs }) => ({ name, cpuMs: cpuMs - (earlier.get(thread) ?? 0) }))
    .filter(({ cpuMs }) => cpuMs > 0)
    .toSorted((a, b) => b.cpuMs - a.cpuMs);
  return formatTable(
    [
      { head: "thread", align: "left" },
      { head: "%", align: "right" },
    ],
    used.map(({ name, cpuMs }) => [name, formatNumber((cpuMs * 100) / elapsedMs)]),
  );
}

function placesTable(profiles: readonly CpuProfile[]): string {
  const times = selfTimes(profiles);
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return formatTable(
    [
      { head: "%", align: "right" },
      { head: "function", align: "left" },
    ],
    times
      .slice(0, placesShown)
      .map(({ where, milliseconds }) => [formatNumber((milliseconds * 100) / total), where]),
  );
}
