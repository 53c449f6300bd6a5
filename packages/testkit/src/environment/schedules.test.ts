import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { TestEnvironment } from "./test-environment.ts";

const startTime = "2026-03-28T20:00:00Z";

/** The names of schedules and the times of their starts, in order. */
async function starts(env: TestEnvironment): Promise<readonly string[]> {
  return (await env.workflows()).map(
    ({ labels }) =>
      `${labels["flawless:schedule"]} ${labels["flawless:scheduled-at"]?.slice(5, 16)}`,
  );
}

test("schedules start their workflows in order as time is skipped, across daylight saving changes too", async () => {
  await using env = await TestEnvironment.create({ startTime });
  await env.deploy(fixtureBytes("conformance"));
  const { schedules } = env.flawless;
  await schedules.create({
    name: "nightly",
    cron: "30 2 * * *",
    timeZone: "Europe/Berlin",
    workflow: "conformance/add",
    input: { a: 1, b: 2 },
  });
  await schedules.create({ name: "often", every: "4 hours", workflow: "conformance:1.0.0/add" });
  await env.skip("1 day");
  expect(await starts(env)).toEqual([
    "often 03-29T00:00",
    // There is no 2:30 in Berlin that night.
    "nightly 03-29T01:00",
    "often 03-29T04:00",
    "often 03-29T08:00",
    "often 03-29T12:00",
    "often 03-29T16:00",
    "often 03-29T20:00",
  ]);
  const [first] = (await schedules.describe("nightly")).last;
  expect(await env.flawless.workflow(first?.workflow ?? "").response()).toBe(3);
});

test("a schedule continues after a crash, and supports everything that a server's does", async () => {
  await using env = await TestEnvironment.create({ startTime });
  await env.deploy(fixtureBytes("conformance"));
  const { schedules } = env.flawless;
  const definition = { name: "s", every: "1 hour", workflow: "conformance/receive" } as const;
  await schedules.create({ ...definition, overlap: "bufferOne", jitter: 0, catchUp: "3 hours" });
  await env.skip("2 hours");
  await env.crash();
  expect(await starts(env)).toEqual(["s 03-28T21:00"]);
  const { running, waitingAt } = await schedules.describe("s");
  expect(waitingAt).toBe("2026-03-28T22:00:00.000Z");
  await env.flawless.workflow(running[0] ?? "").send("approve", {});
  expect(await starts(env)).toEqual(["s 03-28T21:00", "s 03-28T22:00"]);
  await schedules.update("s", { overlap: "skip", every: "30 minutes" });
  expect(await schedules.trigger("s")).toMatchObject({ outcome: "skipped" });
  await schedules.pause("s");
  await env.skip("2 hours");
  expect(await schedules.page()).toMatchObject({ schedules: [{ name: "s", nextAt: null }] });
  await schedules.resume("s");
  expect((await schedules.describe("s", { times: 1 })).next).toEqual(["2026-03-29T00:30:00.000Z"]);
  const range = { from: new Date("2026-03-28T22:30:00Z"), to: new Date("2026-03-28T23:30:00Z") };
  expect(await schedules.backfill("s", range)).toEqual({ started: 3, startedBefore: 0 });
  await schedules.delete("s");
  await expect(schedules.describe("s")).rejects.toMatchObject({ code: "FLAWLESS_NOT_FOUND" });
});

test("time advances to a schedule's start while a test waits for its effect", async () => {
  await using env = await TestEnvironment.create({ startTime });
  const module = await env.deploy(fixtureBytes("conformance"));
  const run = await module.start("sleep_ms", { ms: 3 * 3_600_000 });
  await env.flawless.schedules.create({
    name: "s",
    every: "1 hour",
    workflow: "conformance/add",
    input: { a: 1, b: 2 },
  });
  await run.completion();
  expect(await starts(env)).toHaveLength(4);
});
