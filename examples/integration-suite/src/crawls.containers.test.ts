import { describeTopologies, type TopologyContext } from "@flawless-ts/testkit/containers/vitest";
import { buildModule } from "@flawless-ts/module-builder";
import { expect, test } from "vitest";
import crawler from "./crawler.ts";

const timeout = 120_000;

describeTopologies(
  ["in-process", "shared-flawless"],
  (suite) => {
    test("a page is fetched", { timeout }, async () => {
      const module = suite.cluster.flawless.module(crawler);
      const url = await somePage(suite);
      expect(await module.execute("start", { id: 1, url })).toMatchObject({ status: 200 });
    });

    test("jobs are shared by the workers, and all are done", { timeout }, async () => {
      const { cluster } = suite;
      const url = await somePage(suite);
      const ids = await Promise.all(
        Array.from({ length: 6 }, () => cluster.publish({ payload: { url } })),
      );
      const jobs = await Promise.all(ids.map((id) => cluster.waitForJob(id)));
      expect(jobs.map(({ status }) => status)).toEqual(ids.map(() => "Completed"));
      const workers = new Set(jobs.map(({ assignedWorkerId }) => assignedWorkerId));
      expect([...workers].toSorted()).toEqual(["worker1", "worker2"]);
    });

    test("a job whose worker is lost is done by another one", { timeout }, async () => {
      const { cluster } = suite;
      const id = await cluster.publish({ payload: { url: await somePage(suite) } });
      const { assignedWorkerId } = await cluster.waitForJob(id, { status: "InProgress" });
      const lost = assignedWorkerId ?? "";
      await cluster.kill(lost);
      const job = await cluster.waitForJob(id);
      expect(job.status).toBe("Completed");
      expect(job.assignedWorkerId).not.toBe(lost);
      await cluster.restart(lost);
    });

    test(
      "a review waits for the editor, also over a crash of the server",
      { timeout },
      async () => {
        const { cluster } = suite;
        const module = cluster.flawless.module(crawler);
        const review = await module.start("review", { url: "https://example.com/a" });
        // The member that has the server: a container of its own, or, in process, the node.
        const server = suite.topology === "in-process" ? "mvm-ci-node1" : "flawless";
        await cluster.kill(server);
        await cluster.restart(server);
        await review.send("decide", { publish: true });
        expect(await review.response({ timeoutMs: 60_000 })).toContain("is published");
      },
    );
  },
  {
    cluster: async () => ({
      nodes: 2,
      workers: 2,
      modules: [(await buildModule({ entry: new URL("crawler.ts", import.meta.url) })).wasm],
      // A worker that is lost is noticed within seconds, so that the suite does not wait for it.
      heartbeatIntervalMs: 1_000,
      workerTimeoutMs: 3_000,
      idleDelayMs: 100,
      errorDelayMs: 200,
    }),
  },
);

/** A page that the Flawless server can reach, wherever it runs: one of its own. */
async function somePage({ cluster }: TopologyContext): Promise<string> {
  const [node] = await cluster.controlPlane.nodes();
  return `${node?.flawlessUrl}/health`;
}
