import { setTimeout as sleep } from "node:timers/promises";
import { Flawless } from "@flawless-ts/sdk";
import { repeat } from "../measure/repeat.ts";
import { bytesIn, makeFreshDirectory } from "../server/fresh-directory.ts";
import { type ResidentMemory, residentMemory } from "../server/process-facts.ts";
import { ServerProcess } from "../server/server-process.ts";
import { SleeperTemplate } from "./fill.ts";
import { measureWakeUp, type WakeUpLatency } from "./wake-up.ts";

const dayMs = 24 * 3_600_000;
const yearMs = 365 * dayMs;
/** Long enough for a server to start before they must wake. */
const wakeAfterMs = 6_000;
/** Waiting guests leave memory after 10 seconds. */
const leaveWithinMs = 15_000;
const callers = 64;

/** The numbers of workflows. */
export interface SleepersPlan {
  /** Those that stay asleep, in each of the directories. */
  readonly asleep: readonly number[];
  /** Those that must wake at the same time. */
  readonly wake: number;
  /** Those that are started over the API, in addition to the sleeping ones. */
  readonly started: number;
}

/** The results for a server with this many sleeping workflows. */
export interface SleepersResult {
  readonly asleep: number;
  /** Milliseconds from the process's start to its first response, after it was shut down properly. */
  readonly readyMs: number;
  /** The same after SIGKILL. */
  readonly readyAfterKillMs: number;
  readonly memoryWhenReady: ResidentMemory | undefined;
  readonly memoryAfterWakeUp: ResidentMemory | undefined;
  /** When the workflows started over the API have left memory. */
  readonly memoryAfterStarts: ResidentMemory | undefined;
  readonly startsPerSecond: number;
  readonly wakeUp: WakeUpLatency;
  readonly bytesOnDisk: number;
}

/** Measures one server after another on the same directory. */
export async function measureSleepers(
  asleep: number,
  plan: SleepersPlan,
  options: { readonly directory: string; readonly script: string },
): Promise<SleepersResult> {
  using directory = makeFreshDirectory(options.directory);
  const place = { directory: directory.path, script: options.script };
  const template = await SleeperTemplate.make(directory.path);
  const from = Date.now() + dayMs;
  await template.copy({ count: asleep, from, everyMs: yearMs / Math.max(asleep, 1) });
  const bytesOnDisk = bytesIn(directory.path);

  const rested = await ServerProcess.start(place);
  const { readyMs } = rested;
  const memoryWhenReady = residentMemory(rested.pid);
  await rested.stop();

  const at = Date.now() + wakeAfterMs;
  await template.copy({ count: plan.wake, from: at, everyMs: 0 });
  const waking = await ServerProcess.start(place);
  const wakeUp = await measureWakeUp(waking.url, plan.wake, at);
  const memoryAfterWakeUp = residentMemory(waking.pid);
  const startsPerSecond = await startSleepers(waking.url, plan.started);
  await sleep(leaveWithinMs);
  const memoryAfterStarts = residentMemory(waking.pid);
  await waking.kill();

  await using killed = await ServerProcess.start(place);
  const { readyMs: readyAfterKillMs } = killed;
  return {
    asleep,
    readyMs,
    readyAfterKillMs,
    memoryWhenReady,
    memoryAfterWakeUp,
    memoryAfterStarts,
    startsPerSecond,
    wakeUp,
    bytesOnDisk,
  };
}

async function startSleepers(url: string, count: number): Promise<number> {
  await using flawless = new Flawless({ url });
  const module = flawless.module("conformance", "1.0.0");
  const startedAt = performance.now();
  await repeat(count, callers, () => module.start("sleep_ms", { ms: yearMs }));
  return (count * 1_000) / (performance.now() - startedAt);
}
