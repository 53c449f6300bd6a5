import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import type { DeployedModule } from "@flawless-ts/sdk";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { hostileModules } from "../testing/hostile-modules.ts";
import { strangeModule } from "../testing/strange-module.ts";
import { PeakMemory } from "./peak-memory.ts";
import { ServerProcess } from "./server-process.ts";

const processMemoryBytes = 1024 * 2 ** 20;
/** The number of concurrent ordinary callers; each starts its next workflow when the last one has responded. */
const callers = 8;
/** How long it runs, for `npm run soak:strangers`. */
const soakMinutes = process.env["FLAWLESS_SOAK_MINUTES"];
const soakMs = Number(soakMinutes ?? 0.3) * 60_000;
const roundMs = Math.min(soakMs, 20_000);
/** The two speeds are measured in turns, because the load of other programs on the machine changes. */
const turns = Math.max(2, Math.round(soakMs / roundMs));

/** The min remaining share of the ordinary workflows' speed. A short run on a busy machine says little about it. */
const minShare = soakMinutes === undefined ? 0 : 0.5;

let server: ServerProcess;
let memory: PeakMemory;
let ordinary: DeployedModule;

beforeAll(async () => {
  const limits = {
    processMemoryBytes,
    guestTimeLimitMs: 1_000,
    journalSteps: 20_000,
    memoryBytes: 64 * 2 ** 20,
  };
  server = await ServerProcess.start({
    parameters: Object.entries(limits).map(([name, value]) => `--limit=${name}=${value}`),
  });
  memory = new PeakMemory(server.pid ?? 0);
  ordinary = await server.flawless.deploy(fixtureBytes("conformance"));
});

afterAll(async () => {
  memory?.[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Runs ordinary workflows until the time is over; a failed workflow fails the test. */
async function ordinaryLoad(milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds;
  let done = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      expect(await ordinary.execute("add", { a: done, b: 1 })).toEqual(expect.any(Number));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (done / milliseconds) * 1_000;
}

/** Starts hostile workflows of each kind, one after the other, until it is stopped. */
async function hostileLoad(
  modules: readonly DeployedModule[],
  stop: AbortSignal,
): Promise<{ readonly ended: number; readonly asExpected: number }> {
  let ended = 0;
  let asExpected = 0;
  while (!stop.aborted) {
    for (const [index, module] of modules.entries()) {
      if (stop.aborted) break;
      const { ends } = hostileModules[index] as (typeof hostileModules)[number];
      const completion = await (await module.start("start", null)).completion();
      ended += 1;
      const code = completion.status === "failed" ? completion.error.code : null;
      asExpected += ends === null || ends === code ? 1 : 0;
    }
  }
  return { ended, asExpected };
}

test(
  "hostile workflows of all kinds leave ordinary ones enough speed, and only they fail",
  async () => {
    onTestFailed(() => console.error(`the server wrote:\n${server.output.slice(-20_000)}`));
    const modules: DeployedModule[] = [];
    for (const module of hostileModules) {
      modules.push(await server.flawless.deploy(strangeModule(module)));
    }
    await ordinaryLoad(roundMs / 10);
    let alone = 0;
    let beside = 0;
    const hostile = { ended: 0, asExpected: 0 };
    for (let turn = 0; turn < turns; turn += 1) {
      alone += (await ordinaryLoad(roundMs / 2)) / turns;
      const stop = new AbortController();
      const attack = hostileLoad(modules, stop.signal);
      beside += (await ordinaryLoad(roundMs / 2)) / turns;
      stop.abort();
      const { ended, asExpected } = await attack;
      hostile.ended += ended;
      hostile.asExpected += asExpected;
    }
    console.info(
      [
        `ordinary workflows: ${alone.toFixed(0)} in a second alone, ${beside.toFixed(0)} beside strangers`,
        `(${(beside / alone).toFixed(2)} of it); ${hostile.ended} hostile ones;`,
        `${(memory.bytes / 2 ** 20).toFixed(0)} MiB at most`,
      ].join(" "),
    );
    expect(hostile.ended).toBeGreaterThan(0);
    expect(hostile.asExpected).toBe(hostile.ended);
    expect(memory.bytes).toBeLessThan(processMemoryBytes * 1.2);
    expect(beside / alone).toBeGreaterThan(minShare);
  },
  soakMs * 2 + 120_000,
);
