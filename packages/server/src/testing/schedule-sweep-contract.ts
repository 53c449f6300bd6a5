import { describe, expect, test } from "vitest";
import type { ScheduleRequest } from "@flawless-ts/sdk/internal";
import type { CrashPoint } from "./crash-sweep.ts";
import { ScheduleWorld } from "./schedule-world.ts";
import type { StoreSetup } from "./store-contract/test-store.ts";

const hourMs = 3_600_000;
const conformance = { everyMs: hourMs, module: "conformance", version: "1.0.0" } as const;
const short: ScheduleRequest = { ...conformance, workflow: "add", input: '{"a":1,"b":2}' };
/** Runs for an hour and a half. */
const long: ScheduleRequest = { ...conformance, workflow: "sleep_ms", input: '{"ms":5400000}' };

/** The engine starts at 3:04:05 on that day. */
function iso(hours: number): string {
  return new Date(Date.UTC(2026, 0, 2, hours)).toISOString();
}

/** The scenarios of the sweep, and the starts that each must result in. */
const scenarios: readonly {
  readonly name: string;
  run(world: ScheduleWorld): Promise<void>;
  readonly starts: readonly string[];
}[] = [
  {
    name: "that starts at each of its times",
    run: async (world) => {
      await world.create({ ...short, overlap: "allow" });
      await world.pass(3 * hourMs);
    },
    starts: [iso(4), iso(5), iso(6)],
  },
  {
    name: "of which starts wait for each other",
    run: async (world) => {
      await world.create({ ...long, overlap: "bufferOne" });
      await world.pass(3 * hourMs);
      await world.ask((schedules) => schedules.pause("s"));
      await world.pass(3 * hourMs);
    },
    starts: [iso(4), iso(5)],
  },
  {
    name: "that cancels what still runs",
    run: async (world) => {
      await world.create({ ...long, overlap: "cancelOther" });
      await world.pass(3 * hourMs);
    },
    starts: [iso(4), iso(5), iso(6)],
  },
  {
    name: "that is started by hand, and for times that have passed",
    run: async (world) => {
      await world.create({ ...short, pausedAt: iso(0) });
      await world.ask((schedules) => schedules.trigger("s", { key: "k" }));
      const range = { from: iso(1), to: iso(3) };
      await world.ask((schedules) => schedules.backfill("s", range));
      await world.ask((schedules) => schedules.resume("s"));
      await world.pass(hourMs);
    },
    starts: ["trigger", iso(1), iso(2), iso(3), iso(4)],
  },
];

/** Crashes before and after each commit of a schedule: there is exactly one start for each of its times. */
export function scheduleSweepContract({
  setup,
  every = 1,
  groupCommits,
}: {
  readonly setup: () => StoreSetup;
  /** Crashes at every n-th point. */
  readonly every?: number;
  readonly groupCommits: boolean;
}): void {
  describe.each(scenarios)("a schedule $name", ({ run, starts }) => {
    test(`has one start for each time, whenever a crash comes${groupCommits ? ", with commits in groups" : ""}`, async () => {
      const sides = ["before", "after"] as const;
      let crashes = 0;
      for (const side of sides) {
        for (let commit = 1; ; commit += every) {
          const point: CrashPoint = { side, commit };
          const where = `${side} commit ${commit}`;
          await using world = await ScheduleWorld.open(setup(), point, { groupCommits });
          await run(world);
          const found = await world.starts();
          expect(found.map(withoutHash), where).toEqual(starts);
          crashes += world.crashes;
          if (world.crashes === 0) {
            break;
          }
        }
      }
      expect(crashes).toBeGreaterThan(6 / every);
    });
  });
}

/** The triggered start contains a hash of its key. */
function withoutHash(start: string): string {
  return start.replace(/^trigger\/.*/, "trigger");
}
