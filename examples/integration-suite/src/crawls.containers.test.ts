import { topologies } from "@flawless-ts/testkit/containers";
import { describeTopologies } from "@flawless-ts/testkit/containers/vitest";
import { buildModule } from "@flawless-ts/module-builder";
import { expect, test } from "vitest";
import crawler from "./crawler.ts";

const timeout = 120_000;

// All of them. List those that you use: ["in-process", "shared-flawless"].
describeTopologies(
  topologies,
  (suite) => {
    test("a page is fetched", { timeout }, async () => {
      const { cluster } = suite;
      const module = cluster.flawless.module(crawler);
      const response = await module.execute("start", { id: 1, url: cluster.page });
      expect(response).toMatchObject({ status: 200 });
    });

    test("jobs are shared by the workers, and all are completed", { timeout }, async () => {
      const { cluster } = suite;
      const payload = { url: cluster.page };
      const ids = await Promise.all(Array.from({ length: 6 }, () => cluster.publish({ payload })));
      const jobs = await Promise.all(ids.map((id) => cluster.waitForJob(id)));
      expect(jobs.map(({ status }) => status)).toEqual(ids.map(() => "Completed"));
      const workers = new Set(jobs.map(({ assignedWorkerId }) => assignedWorkerId));
      expect([...workers].toSorted()).toEqual(cluster.workers.map((worker) => worker.id));
    });

    test("a job whose worker is lost is completed by another one", { timeout }, async () => {
      const { cluster } = suite;
      const id = await cluster.publish({ payload: { url: cluster.page } });
      const { assignedWorkerId } = await cluster.waitForJob(id, { status: "InProgress" });
      const lost = assignedWorkerId ?? "";
      await cluster.kill(lost);
      const job = await cluster.waitForJob(id);
      expect(job.status).toBe("Completed");
      expect(job.assignedWorkerId).not.toBe(lost);
      await cluster.restart(lost);
    });

    test("a review waits for the editor, even if the server crashes", { timeout }, async () => {
      const { cluster } = suite;
      const module = cluster.flawless.module(crawler);
      const review = await module.start("review", { url: "https://example.com/a" });
      await cluster.kill(cluster.flawlessMember);
      await cluster.restart(cluster.flawlessMember);
      await review.send("decide", { publish: true });
      expect(await review.response({ timeoutMs: 60_000 })).toContain("is published");
    });
  },
  {
    cluster: async () => ({
      nodes: 2,
      workers: 2,
      modules: [(await buildModule({ entry: new URL("crawler.ts", import.meta.url) })).wasm],
      // A lost worker is noticed within seconds, so that the suite needn't wait for it.
      heartbeatIntervalMs: 1_000,
      workerTimeoutMs: 3_000,
      idleDelayMs: 100,
      errorDelayMs: 200,
    }),
  },
);
