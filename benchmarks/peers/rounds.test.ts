import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Engine, RunningEngine } from "./engine.ts";
import type { Plan } from "./plan.ts";
import { EngineFigures, runRounds } from "./rounds.ts";
import { measureStarts } from "./starts.ts";
import type { Workflow } from "./workflows.ts";

const hasProc = existsSync("/proc/self/smaps_rollup");

const plan: Plan = {
  rounds: 2,
  starts: 2,
  warmUpMs: 1,
  stretchMs: 1,
  stretchMostMs: 10_000,
  settleMs: 0,
  workflowsOnDisk: 1,
  diskMs: 1,
  maxMs: 60_000,
};

const responses = {
  noop: null,
  ten_steps: { randoms: [1, 2, 3, 4, 5], times: [1, 1, 1, 1] },
  ten_activities: { randoms: [1, 2, 3, 4, 5], times: [1, 1, 1, 1] },
  ten_requests: Array<number>(10).fill(200),
};

interface Fake {
  readonly engine: Engine;
  /** The events of the engine. */
  readonly events: string[];
}

/** An engine in this process. */
function fakeEngine(
  events: string[],
  name: string,
  call: (workflow: Workflow) => Promise<unknown> = async (workflow) => responses[workflow.name],
): Fake {
  const running: RunningEngine = {
    startedAt: 0,
    readyMs: 7,
    processes: [],
    // In a later turn of the event loop, like a response over the network, so that the time can be up.
    call: async (workflow) => {
      await new Promise(setImmediate);
      return await call(workflow);
    },
    stop: async () => void events.push(`${name} stopped`),
    bytesOnDisk: () => 0,
    [Symbol.asyncDispose]: async () => void events.push(`${name} gone`),
  };
  const engine: Engine = {
    id: "flawless",
    name,
    versions: "1",
    durability: "none",
    step: "a call",
    callers: "calls",
    ready: "at once",
    processes: "none",
    start: async () => {
      events.push(`${name} started`);
      return running;
    },
  };
  return { engine, events };
}

async function measure(...engines: readonly Fake[]): Promise<readonly EngineFigures[]> {
  const figures = engines.map(({ engine }) => new EngineFigures(engine));
  const surroundings = { directory: tmpdir(), siteUrl: "", say: () => undefined };
  await runRounds(figures, plan, surroundings);
  return figures;
}

afterEach(() => {
  vi.useRealTimers();
});

test("measureStarts starts engines in turn, and doesn't count the first start of each", async () => {
  const events: string[] = [];
  const { engine } = fakeEngine(events, "a");
  const surroundings = { directory: tmpdir(), siteUrl: "", say: () => undefined };
  const starts = await measureStarts([engine], plan, surroundings);
  expect(starts.get("flawless")?.readyMs).toEqual([7, 7]);
  expect(starts.get("flawless")?.firstResponseMs).toHaveLength(2);
  expect(events).toEqual(
    Array.from({ length: 3 }, () => ["a started", "a stopped", "a gone"]).flat(),
  );
});

describe("runRounds", () => {
  test("gives the machine to one engine at a time, starting each round with a different one", async () => {
    const events: string[] = [];
    await measure(fakeEngine(events, "a"), fakeEngine(events, "b"));
    expect(events).toEqual(
      ["a", "b", "b", "a"].flatMap((name) => [
        `${name} started`,
        `${name} stopped`,
        `${name} gone`,
      ]),
    );
  });

  test("measures each kind of workflow at each number of callers, once per round", async () => {
    const [figures] = await measure(fakeEngine([], "a"));
    const { cells, readyMs, failures } = figures?.result() ?? { cells: [] };
    expect(failures).toEqual([]);
    expect(readyMs).toEqual([7, 7]);
    expect(cells.map(({ workflow, callers }) => `${workflow} ${callers}`)).toEqual(
      ["noop", "ten_steps", "ten_activities", "ten_requests"].flatMap((workflow) => [
        `${workflow} 1`,
        `${workflow} 64`,
        `${workflow} 512`,
      ]),
    );
    expect(cells.map(({ stretches }) => stretches.length)).toEqual(Array(12).fill(2));
    expect(figures?.result().engine).not.toHaveProperty("start");
  });

  test("continues without the stretches in which an engine responds wrongly, and says so", async () => {
    const events: string[] = [];
    const wrong = fakeEngine(events, "wrong", async (workflow) =>
      workflow.name === "ten_steps" ? { randoms: [], times: [] } : responses[workflow.name],
    );
    const [figures, others] = await measure(wrong, fakeEngine(events, "right"));
    // For the warm-up, and for each number of callers.
    expect(figures?.failures).toHaveLength(2 * 4);
    expect(figures?.failures[1]).toContain(
      "round 1, 1 callers of 10 steps: ten_steps was answered",
    );
    expect(figures?.result().cells.map(({ stretches }) => stretches.length)).toEqual([
      ...[2, 2, 2],
      ...[0, 0, 0],
      ...[2, 2, 2],
      ...[2, 2, 2],
    ]);
    expect(events.filter((event) => event === "wrong gone")).toHaveLength(2 * 5);
    expect(others?.failures).toEqual([]);
  });

  test("continues without the rounds of an engine that doesn't start, and says why", async () => {
    const failing = fakeEngine([], "failing");
    const start = async (): Promise<never> => {
      throw new Error("no start", { cause: new Error("no port") });
    };
    const [figures, others] = await measure(
      { ...failing, engine: { ...failing.engine, start } },
      fakeEngine([], "right"),
    );
    expect(figures?.failures).toEqual(["round 1: no start: no port", "round 2: no start: no port"]);
    expect(others?.readyMs).toHaveLength(2);
  });

  test("restarts an engine that leaves callers without a response", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const atOnce = 64;
    const events: string[] = [];
    let [waiting, hanging] = [0, 0];
    const slow = fakeEngine(events, "slow", async (workflow) => {
      waiting += 1;
      if (waiting > atOnce) {
        hanging += 1;
        if (hanging === 512 - atOnce) {
          setImmediate(() => vi.advanceTimersByTime(plan.stretchMostMs));
        }
        await new Promise(() => undefined);
      }
      await new Promise(setImmediate);
      vi.advanceTimersByTime(plan.stretchMs);
      waiting -= 1;
      return responses[workflow.name];
    });
    const { start } = slow.engine;
    let starts = 0;
    const engine: Engine = {
      ...slow.engine,
      start: async (options) => {
        [waiting, hanging] = [0, 0];
        starts += 1;
        // Only the first one uses memory: that of this process.
        return { ...(await start(options)), processes: starts === 1 ? [process.pid] : [] };
      },
    };
    const figures = new EngineFigures(engine);
    const surroundings = { directory: tmpdir(), siteUrl: "", say: () => undefined };
    await runRounds([figures], { ...plan, rounds: 1 }, surroundings);
    const cuts = figures
      .result()
      .cells.map(({ callers, stretches }) => [callers, stretches[0]?.cut]);
    expect(cuts).toEqual(
      Array.from({ length: 4 }, () => [
        [1, false],
        [64, false],
        [512, true],
      ]).flat(),
    );
    expect(events).toEqual([
      ...Array.from({ length: 4 }, () => ["slow started", "slow gone"]).flat(),
      ...["slow started", "slow stopped", "slow gone"],
    ]);
    // The memory after load is that before the restart.
    const [memory] = figures.result().memoryAfterLoad;
    expect((memory?.resident ?? 0) > 0).toBe(hasProc);
  });
});
