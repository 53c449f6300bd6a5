import { Flawless } from "@flawless-ts/sdk";
import { describeUnless } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { fixtureAs } from "../testing/other-version.ts";
import { TestCluster } from "../testing/test-cluster.ts";

describeUnless(missingForPostgres(), "workflows that are started again in a cluster", () => {
  test("are restarted and forked by any node, once per key", async () => {
    await using cluster = await TestCluster.start(2);
    const [one, other] = [cluster.client(0), cluster.client(1)];
    const module = await one.deploy(fixtureBytes("extensions"));
    // From several partitions, so from both nodes.
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
    // On a version that was deployed only at the other node.
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

  test("are restarted by filter on any node, with the caller's token", async () => {
    const token = "0123456789abcdef";
    await using cluster = await TestCluster.start(2, { tokens: [token] });
    await cluster.balanced();
    const [first, second] = cluster.nodes;
    await using one = new Flawless({ url: first?.url ?? "", token });
    await using other = new Flawless({ url: second?.url ?? "", token });
    const module = await one.deploy(fixtureBytes("extensions"));
    const old = await Promise.all(
      Array.from({ length: 8 }, () => module.start("script", [{ panic: "no" }])),
    );
    await Promise.all(old.map(({ id }) => one.workflow(id).completion()));
    const filter = { status: "failed", module: "extensions", idempotencyKey: "fixed" } as const;

    expect(await one.restartWorkflows({ ...filter, dryRun: true })).toMatchObject({ count: 8 });
    for (const client of [one, other]) {
      expect(await client.restartWorkflows(filter)).toEqual({ count: 8, failed: 0, failures: [] });
      for (const { id } of old) {
        const { restarts } = await client.workflow(id).info();
        expect(restarts).toHaveLength(1);
        await client.workflow(restarts[0]?.id ?? "").completion();
      }
    }
    // The owner refuses each of them, and the node that got the request names them.
    await Promise.all(
      old.map(({ id }) => one.workflow(id).fork({ fromStep: 0, idempotencyKey: "fork" })),
    );
    const refused = await other.restartWorkflows({ ...filter, idempotencyKey: "fork" });
    expect(refused).toMatchObject({ failed: 8 });
    expect(refused.failures.map(({ id, code }) => [id, code]).toSorted()).toEqual(
      old.map(({ id }) => [id, "IDEMPOTENCY_CONFLICT"]).toSorted(),
    );
    expect(refused.failures[0]?.message).toContain("was used for another request");
  });
});
