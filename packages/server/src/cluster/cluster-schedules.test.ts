import type { Flawless, WorkflowInfo } from "@flawless-ts/sdk";
import { describeUnless } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestCluster } from "../testing/test-cluster.ts";
import { partitionOfId, partitionOfSchedule } from "./partition-of.ts";

const partitions = 6;

async function startsOf(client: Flawless, schedule: string): Promise<readonly WorkflowInfo[]> {
  const found: WorkflowInfo[] = [];
  for await (const info of client.workflows()) {
    if (info.labels["flawless:schedule"] === schedule) {
      found.push(info);
    }
  }
  return found;
}

/** The number of schedules that a node starts workflows for, by its own count. */
async function countAt(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^flawless_schedules (\d+)$/m.exec(metrics)?.[1]);
}

describeUnless(missingForPostgres(), "schedules in a cluster", () => {
  test("can be created, read and changed at any node, and start in their own partitions", async () => {
    // A long lease, so that a busy machine loses no partition.
    await using cluster = await TestCluster.start(2, { lease: "10 seconds" });
    const clients = [cluster.client(0), cluster.client(1)] as const;
    await clients[0].deploy(fixtureBytes("conformance"));
    // In several partitions, so on both nodes.
    const names = Array.from({ length: 4 }, (_, index) => `s${index}`);
    for (const [index, name] of names.entries()) {
      const [one, other] = index % 2 === 0 ? clients : ([clients[1], clients[0]] as const);
      const definition = { name, cron: "0 2 * * *", workflow: "conformance/receive" } as const;
      await one.schedules.create(definition);
      await other.schedules.create(definition);
      await other.schedules.pause(name);
      expect(await one.schedules.describe(name)).toMatchObject({ nextAt: null });
      await one.schedules.resume(name);
      const range = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T23:00:00Z" };
      expect(await other.schedules.backfill(name, range)).toEqual({ started: 2, startedBefore: 0 });
      expect(await one.schedules.backfill(name, range)).toEqual({ started: 0, startedBefore: 2 });
      const options = { idempotencyKey: "k" };
      const first = await one.schedules.trigger(name, options);
      expect(await other.schedules.trigger(name, options)).toMatchObject({
        workflow: first.workflow,
      });
      expect(await other.schedules.update(name, { every: "1 hour" })).toMatchObject({
        everyMs: 3_600_000,
        running: [first.workflow],
      });
      const started = await startsOf(one, name);
      expect(started).toHaveLength(3);
      expect(new Set(started.map(({ id }) => partitionOfId(id, partitions)))).toEqual(
        new Set([partitionOfSchedule(name, partitions)]),
      );
    }
    expect(
      new Set(names.map((name) => partitionOfSchedule(name, partitions))).size,
    ).toBeGreaterThan(1);
    for (const client of clients) {
      const listed: string[] = [];
      for await (const { name } of client.schedules.list({ limit: 3 })) {
        listed.push(name);
      }
      expect(listed).toEqual(names);
    }
    await clients[1].schedules.delete("s0");
    await expect(clients[0].schedules.describe("s0")).rejects.toMatchObject({
      code: "FLAWLESS_NOT_FOUND",
    });
    // A partition that is changing its owner has none for a moment.
    for (let sum = 0; sum !== 3;) {
      const counts = await Promise.all(clients.map(async ({ url }) => countAt(url)));
      sum = counts.reduce((all, count) => all + count, 0);
    }
  });

  test("start once for each time, even if their partitions change owners", async () => {
    await using cluster = await TestCluster.start(2, { lease: "10 seconds" });
    const client = cluster.client(0);
    await client.deploy(fixtureBytes("conformance"));
    await client.schedules.create({
      name: "s",
      every: "1 second",
      workflow: "conformance/receive",
      overlap: "allow",
    });
    const startedAtLeast = async (count: number): Promise<readonly string[]> => {
      for (;;) {
        const keys = (await startsOf(client, "s")).map(({ idempotencyKey }) =>
          String(idempotencyKey),
        );
        if (keys.length >= count) {
          return keys.map((key) => key.slice(-24)).toSorted();
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const before = await startedAtLeast(1);
    // Their owners are fenced, and other nodes get their partitions a moment later.
    await cluster.takeAway(500);
    await startedAtLeast(before.length + 2);
    await client.schedules.pause("s");
    const times = (await startedAtLeast(1)).map((time) => Date.parse(time));
    expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 1_000));
  });
});
