import { describeUnless } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { fixtureAs } from "../testing/other-version.ts";
import { TestCluster } from "../testing/test-cluster.ts";

describeUnless(missingForPostgres(), "workflows that are started again in a cluster", () => {
  test("are restarted and forked by any node, once for a key", async () => {
    await using cluster = await TestCluster.start(2);
    const [one, other] = [cluster.client(0), cluster.client(1)];
    const module = await one.deploy(fixtureBytes("extensions"));
    // Of several partitions, and so of both nodes.
    const started = await Promise.all(
      Array.from({ length: 4 }, () => module.start("script", [{ panic: "no" }])),
    );
    for (const { id } of started) {
      await one.workflow(id).completion();
      const options = { idempotencyKey: "again" };
      const [first, second] = await Promise.all([
        one.workflow(id).restart(options),
        other.workflow(id).restart(options),
      ]);
      expect(second.id).toBe(first.id);
      for (const client of [one, other]) {
        expect(await client.workflow(id).info()).toMatchObject({
          status: "failed",
          restarts: [{ id: first.id, fromStep: null }],
        });
        expect(await client.workflow(first.id).info()).toMatchObject({
          restartedFrom: { id, fromStep: null },
        });
      }
      expect(await other.workflow(first.id).completion()).toMatchObject({ status: "failed" });
    }
    // On a version that only the other node was given.
    await other.deploy(fixtureAs("extensions", "1.0.1"));
    const old = started[0]?.id ?? "";
    const forks = await Promise.all(
      [one, other].map((client) =>
        client.workflow(old).fork({ fromStep: 1, version: "1.0.1", idempotencyKey: "fork" }),
      ),
    );
    expect(forks[1]?.id).toBe(forks[0]?.id);
    const fork = one.workflow(forks[0]?.id ?? "");
    expect(await fork.completion()).toMatchObject({ status: "failed" });
    expect(await fork.info()).toMatchObject({
      version: "1.0.1",
      restartedFrom: { id: old, fromStep: 1 },
    });
    const listed: string[] = [];
    for await (const { id } of other.workflows()) {
      listed.push(id);
    }
    expect(listed).toHaveLength(9);
  });
});
