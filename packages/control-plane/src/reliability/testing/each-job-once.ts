import { ControlPlane, Flawless, Worker } from "@flawless-ts/sdk";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { expect, test, vi } from "vitest";
import { allCompleted, numbersRun, summary } from "./jobs-run.ts";
import { Reports } from "./reports.ts";
import { startControlPlane, startFlawless } from "./restartable.ts";

/** Tests that jobs run once each by two workers, while both servers are killed and one worker leaves. */
export function testEachJobOnce(count: number, timeout: number): void {
  test(
    `two workers and ${count} jobs, while both servers are killed and one worker leaves: each job runs once`,
    async () => {
      using directory = new TemporaryDirectory();
      await using reports = new Reports();
      await using server = await startFlawless(directory.path, await reports.listen());
      await using queue = await startControlPlane(directory.path, server.url);
      await using controlPlane = new ControlPlane({ url: queue.url });
      await using flawless = new Flawless({ url: server.url });
      await controlPlane.waitUntilReady();
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      const ids = await Promise.all(
        numbers.map((id) => controlPlane.publish({ id: `job-${id}`, payload: { id } })),
      );

      const taken: string[][] = [[], []];
      const workers = taken.map((jobs, index) => {
        return new Worker({
          controlPlane: new ControlPlane({ url: queue.url }),
          flawless: new Flawless({ url: server.url }),
          closeClients: true,
          id: `worker-${index + 1}`,
          concurrency: 8,
          heartbeatIntervalMs: 500,
          idleDelayMs: 100,
          errorDelayMs: 100,
          closeGraceMs: 0,
          modules: [fixturePath("conformance")],
          toStart: (job) => {
            jobs.push(job.id);
            return {
              module: "conformance",
              version: "1.0.0",
              workflow: "echo",
              input: job.payload,
            };
          },
        });
      });
      await using stack = new AsyncDisposableStack();
      const runs = workers.map((worker) => stack.use(worker).run());
      const completed = async (enough: number): Promise<void> => {
        const reached = async (): Promise<boolean> =>
          (await controlPlane.stats()).completed >= enough;
        await vi.waitUntil(reached, { interval: 10, timeout: 20_000 });
      };
      await completed(count * 0.2);
      await queue.killAndStart();
      await completed(count * 0.5);
      await server.killAndStart();
      await completed(count * 0.8);
      await queue.killAndStart();
      // Its jobs return to the queue, and the other one gets them.
      await workers[0]?.close({ graceMs: 0 });
      await expect
        .poll(async () => summary(await controlPlane.list()), { interval: 100, timeout: 20_000 })
        .toEqual(allCompleted);
      await Promise.all(workers.map(async (worker) => worker.close()));
      await Promise.all(runs);

      expect((await controlPlane.list()).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      expect(await numbersRun(flawless)).toEqual(numbers);
      // Both ran some of them.
      for (const jobs of taken) expect(jobs.length).toBeGreaterThan(0);
    },
    timeout,
  );
}
