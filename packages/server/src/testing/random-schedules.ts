import { afterAll, expect, test } from "vitest";
import type { ScheduleRequest } from "@flawless-ts/sdk/internal";
import { SeededRandom } from "../reliability/random.ts";
import { ScheduleWorld } from "./schedule-world.ts";
import { memorySetup } from "./store-setups.ts";
import { timesOf, specOf } from "../engine/schedules/schedule-spec.ts";

const minuteMs = 60_000;
const steps = 12;

const crons = ["*/20 * * * *", "0,45 * * * *", "30 */3 * * *", "5 1-9 * * *", "0 2 * * *"];
const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"];

function randomRequest(random: SeededRandom): ScheduleRequest {
  const timing =
    random.between(0, 1) === 0
      ? {
          everyMs: random.between(7, 90) * minuteMs,
          anchor: new Date(random.between(0, 9e8)).toISOString(),
        }
      : { cron: crons[random.between(0, crons.length - 1)], timeZone: zones[random.between(0, 3)] };
  return {
    ...timing,
    module: "conformance",
    version: "1.0.0",
    workflow: "add",
    input: '{"a":1,"b":2}',
    overlap: "allow",
    catchUpMs: random.between(1, 300) * minuteMs,
    jitterMs: random.between(0, 2) === 0 ? random.between(0, 7) * minuteMs : 0,
  };
}

/** Makes something happen, and time pass. @returns a description for messages */
async function disturb(world: ScheduleWorld, random: SeededRandom): Promise<string> {
  const span = random.between(1, 400) * minuteMs;
  switch (random.between(0, 5)) {
    case 0:
      await world.crash(span);
      return `a crash, and ${span} ms later`;
    case 1:
      await world.crash(0);
      return "a crash";
    case 2:
      await world.setClock(world.now - span);
      return `the clock is set back by ${span} ms`;
    case 3:
      await world.setClock(world.now + 4 * span);
      return `the clock is set forward by ${4 * span} ms`;
    default:
      await world.pass(span);
      return `${span} ms pass`;
  }
}

/**
 * Tests random schedules while the engine crashes, the clock is set, and time passes.
 *
 * @param first the first of `count` seeds
 */
export function randomSchedules(first: number, count: number): void {
  let started = 0;
  afterAll(() => expect(started).toBeGreaterThan(count));

  test.each(Array.from({ length: count }, (_, index) => index + first))(
    "every time within the window has exactly one start (seed %d)",
    async (seed) => {
      const random = new SeededRandom(seed);
      const request = randomRequest(random);
      const side = random.between(0, 1) === 0 ? "before" : "after";
      const point = { side, commit: random.between(1, 12) } as const;
      await using world = await ScheduleWorld.open(memorySetup(), point);
      // A day before the clocks change in Berlin, so that many times are in that night.
      await world.setClock(Date.UTC(2026, 2, 28, random.between(0, 23), random.between(0, 59)));
      const createdAt = world.now;
      await world.create(request);
      const limits = { scheduleIntervalMs: 1_000 };
      const times = timesOf("s", specOf("s", request, createdAt, limits));
      const { catchUpMs = 0 } = request;
      let latest = createdAt;
      const happened: string[] = [];
      for (let step = 0; step < steps; step += 1) {
        happened.push(await disturb(world, random));
        latest = Math.max(latest, world.now);
        const starts = await world.starts();
        const where = `${JSON.stringify(request)}: ${happened.join(", ")}`;
        expect(new Set(starts).size, where).toBe(starts.length);
        // All times that should have a start: the window reaches back to the creation at most.
        const due: string[] = [];
        for (
          let at = times.next(createdAt);
          at !== undefined && at <= world.now;
          at = times.next(at)
        ) {
          const startAt = times.startAt(at);
          if (startAt <= world.now && startAt >= world.now - catchUpMs) {
            due.push(new Date(at).toISOString());
          }
        }
        expect(starts, where).toEqual(expect.arrayContaining(due));
        // And nothing else: each start belongs to a time of the schedule that the clock has reached at some point.
        for (const start of starts) {
          const at = Date.parse(start);
          expect(times.next(at - 1), where).toBe(at);
          expect(times.startAt(at), where).toBeLessThanOrEqual(latest);
        }
      }
      started += (await world.starts()).length;
    },
  );
}
