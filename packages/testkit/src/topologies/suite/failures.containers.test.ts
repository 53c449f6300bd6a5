import { ControlPlane } from "@flawless-ts/sdk";
import { expect, test } from "vitest";
import { topologies } from "../plan/topology.ts";
import { giveJobTo, suiteCluster } from "../testing/suite-cluster.ts";
import { describeTopologies } from "../vitest/describe-topologies.ts";

/** Machines that run many containers at once are slow. */
const timeout = 180_000;
const polling = { timeout: 60_000 } as const;

describeTopologies(
  topologies,
  (suite) => {
    const victim = "worker2";
    const isOnline = async (): Promise<unknown> =>
      suite.cluster.controlPlane.workers.get(victim).then(
        ({ status }) => status,
        (error: unknown) => String(error),
      );
    const completes = async (url: string): Promise<void> => {
      const id = await suite.cluster.publish({ payload: { url } });
      expect(await suite.cluster.waitForJob(id)).toMatchObject({ status: "Completed" });
    };

    test(
      "a worker is killed in the middle of a job: another one runs it",
      { timeout },
      async () => {
        const { cluster } = suite;
        const id = await giveJobTo(cluster, victim, "sleep:3000");
        await cluster.kill(victim);
        const job = await cluster.waitForJob(id);
        expect(job.status).toBe("Completed");
        expect(job.retryCount).toBeGreaterThan(0);
        expect(job.assignedWorkerId).not.toBe(victim);

        await cluster.restart(victim);
        await expect.poll(isOnline, polling).toBe("online");
        await completes("sleep:10");
      },
    );

    test(
      "Flawless is killed and restarted: workflows continue where they were",
      { timeout },
      async () => {
        const { cluster } = suite;
        const node = cluster.nodes[1] ?? cluster.nodes[0];
        const server = cluster.plan.nodes.find(({ id }) => id === node?.id)?.flawless ?? "";
        const module = node?.flawless.module("crawler", "0.1.8");
        const run = await module?.start("start", { id: 1_000, url: "sleep:1200" });
        const records = async (): Promise<number> => (await run?.journal())?.steps.length ?? 0;
        await expect.poll(records, { ...polling, interval: 10 }).toBeGreaterThan(3);

        await cluster.kill(server);
        await cluster.restart(server);
        expect(await run?.completion({ timeoutMs: 60_000 })).toEqual({ status: "completed" });
        const journal = JSON.stringify(await run?.journal());
        expect(journal.match(/crawl 1000 begins/g)).toHaveLength(1);
        expect(journal.match(/crawl 1000 ends/g)).toHaveLength(1);
        await completes("sleep:10");
      },
    );

    test("a node is lost: the others continue, and run its jobs", { timeout }, async () => {
      const { cluster } = suite;
      const [one, other, lost] = cluster.nodes;
      const ids = await Promise.all(
        Array.from({ length: 6 }, () => cluster.publish({ payload: { url: "sleep:1000" } })),
      );
      await expect
        .poll(async () => (await cluster.controlPlane.stats()).pending, polling)
        .toBeLessThan(6);
      await cluster.kill(lost ?? "");
      expect((await other?.controlPlane.stats())?.total).toBe(
        (await one?.controlPlane.stats())?.total,
      );
      for (const id of ids) {
        expect(await cluster.waitForJob(id)).toMatchObject({ status: "Completed" });
      }
      await cluster.restart(lost ?? "");
      expect(await lost?.controlPlane.health()).toMatchObject({ status: "ok" });
    });

    test("the first node is lost: the others accept and run jobs", { timeout }, async () => {
      const { cluster } = suite;
      const [lost, other] = cluster.nodes;
      const before = await cluster.publish({ payload: { url: "sleep:1000" } });
      await cluster.kill(lost ?? "");
      const meanwhile = (await other?.controlPlane.publish({ payload: { url: "sleep:10" } })) ?? "";
      await expect
        .poll(async () => (await other?.controlPlane.job(meanwhile))?.status, polling)
        .toBe("Completed");
      await cluster.restart(lost ?? "");
      expect(await cluster.waitForJob(before)).toMatchObject({ status: "Completed" });
      expect(await cluster.waitForJob(meanwhile)).toMatchObject({ status: "Completed" });
    });

    test(
      "the database is killed and restarted: nothing is accepted meanwhile, no job is lost",
      { timeout },
      async () => {
        const { cluster } = suite;
        const before = await cluster.publish({ payload: { url: "sleep:1000" } });
        await cluster.kill("postgres");
        for (const { url } of cluster.nodes) {
          await using client = new ControlPlane({ url, retry: false });
          await expect(client.publish({ payload: { url: "sleep:10" } })).rejects.toMatchObject({
            serverCode: "STORE_UNAVAILABLE",
          });
        }
        await cluster.restart("postgres");
        expect(await cluster.waitForJob(before)).toMatchObject({ status: "Completed" });
        await completes("sleep:10");
        for (const { controlPlane } of cluster.nodes) {
          await expect.poll(async () => (await controlPlane.health()).status, polling).toBe("ok");
        }
      },
    );

    test(
      "a worker is cut off and reconnected: its job is run once, and it works again",
      { timeout },
      async () => {
        const { cluster } = suite;
        await expect.poll(isOnline, polling).toBe("online");
        const id = await giveJobTo(cluster, victim, "sleep:3000");
        await cluster.disconnect(victim);
        const job = await cluster.waitForJob(id);
        expect(job).toMatchObject({ status: "Completed" });
        expect(job.assignedWorkerId).not.toBe(victim);

        await cluster.connect(victim);
        await expect.poll(isOnline, polling).toBe("online");
        await completes("sleep:10");
        expect(await cluster.waitForJob(id)).toEqual(job);
      },
    );
  },
  { cluster: (topology) => suiteCluster(topology, 1) },
);
