import { expect, test } from "vitest";
import { topologies } from "../plan/topology.ts";
import { numbersRun, suiteCluster } from "../testing/suite-cluster.ts";
import { describeTopologies } from "../vitest/describe-topologies.ts";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";

/** Machines that run many containers at once are slow. */
const timeout = 180_000;

describeTopologies(
  topologies,
  (suite) => {
    test(
      "50 jobs over three nodes are run by their workers, each exactly once",
      { timeout },
      async () => {
        const { cluster } = suite;
        const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
        for (const id of numbers) {
          // Any node accepts jobs, because they share the queue.
          const node = cluster.nodes[id % cluster.nodes.length];
          await node?.controlPlane.publish({ id: `job-${id}`, payload: { id, url: "sleep:100" } });
        }
        const jobs = await Promise.all(numbers.map((id) => cluster.waitForJob(`job-${id}`)));
        const wrong = jobs.filter(
          ({ status, retryCount }) => status !== "Completed" || retryCount > 0,
        );
        expect(wrong).toEqual([]);
        expect(await numbersRun(cluster)).toEqual(numbers);
        const busy = new Set(jobs.map(({ assignedWorkerId }) => assignedWorkerId));
        expect(busy.size).toBeGreaterThan(1);
      },
    );

    test(
      "a module is deployed, and its workflows respond, on every Flawless server",
      { timeout },
      async () => {
        const { cluster } = suite;
        const module = await cluster.deploy(fixtureBytes("conformance"));
        expect(module.name).toBe("conformance");
        for (const flawless of cluster.flawlessServers) {
          const deployed = flawless.module(module.name, module.version);
          expect(await deployed.execute("add", { a: 2, b: 3 })).toBe(5);
        }
      },
    );

    test("a message reaches a running workflow", { timeout }, async () => {
      const { flawless } = suite.cluster;
      const module = flawless.module("crawler", "0.1.8");
      const greeting = await module.start("greet", null);
      await expect
        .poll(async () => (await greeting.info()).waiting, { timeout: 60_000 })
        .not.toBeNull();
      await greeting.send("name", { name: "Ada" });
      expect(await greeting.response({ timeoutMs: 60_000 })).toBe("Hello, Ada!");
    });

    test(
      "every node lists all nodes, with Flawless servers that workers can reach",
      { timeout },
      async () => {
        const { cluster } = suite;
        const lists = await Promise.all(cluster.nodes.map((node) => node.controlPlane.nodes()));
        const ids = cluster.nodes.map(({ id }) => id);
        expect(lists.map((list) => list.map(({ id }) => id))).toEqual(lists.map(() => ids));
        const [worker] = cluster.workers;
        // A worker that reaches nodes only by ticket can't use a URL.
        const byTicket = suite.topology === "ticket";
        const urls = (lists[0] ?? []).map(({ flawlessUrl }) => flawlessUrl ?? undefined);
        for (const url of byTicket ? [undefined] : urls) {
          const reachability = await cluster.explainReachability(worker?.id ?? "", url);
          expect(reachability).toMatchObject({ outcome: "ok", cause: null });
        }
      },
    );
  },
  {
    // No worker may count as lost here, however slow the machine is.
    cluster: async (topology) => ({
      ...(await suiteCluster(topology, 4)),
      workerTimeoutMs: 60_000,
    }),
  },
);
