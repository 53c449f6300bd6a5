import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { ControlPlane, Flawless } from "@flawless-ts/sdk";
import { expect, test, vi } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";
import { testEachJobOnce } from "./testing/each-job-once.ts";
import { allCompleted, numbersRun, summary } from "./testing/jobs-run.ts";
import { Reports } from "./testing/reports.ts";
import { Restartable, startControlPlane, startFlawless } from "./testing/restartable.ts";

test("kill -9 of a worker, the control plane and Flawless: every job ends Completed and ran once", async () => {
  using directory = new TemporaryDirectory();
  await using reports = new Reports();
  await using server = await startFlawless(directory.path, await reports.listen());
  await using queue = await startControlPlane(directory.path, server.url);
  await using controlPlane = new ControlPlane({ url: queue.url });
  await using flawless = new Flawless({ url: server.url });
  const startWorker = (id: string): Promise<Restartable> =>
    Restartable.start(
      () =>
        new ControlPlaneProcess(["worker", "--concurrency", "8"], {
          env: {
            CONTROL_PLANE_TICKET: queue.url,
            FLAWLESS_URL: server.url,
            WORKER_ID: id,
            WORKER_HEARTBEAT_INTERVAL_SECS: "1",
          },
        }),
    );
  await controlPlane.waitUntilReady();
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
  const publish = async (id: number): Promise<string> =>
    controlPlane.publish({ id: `job-${id}`, payload: { id, url: "http://site.example/" } });
  await Promise.all(numbers.slice(0, 10).map(publish));
  await using first = await startWorker("worker-1");
  await using _second = await startWorker("worker-2");

  const hasBegun = async (worker: string): Promise<boolean> =>
    (await controlPlane.list()).some(
      (job) => job.assignedWorkerId === worker && job.status === "InProgress",
    );
  // Of 30 reports for each job, the first come while workers still claim and start.
  await reports.reach(3);
  await queue.killAndStart();
  await Promise.all(numbers.slice(10).map(publish));
  await reports.reach(40);
  await vi.waitUntil(() => hasBegun("worker-1"), { interval: 50, timeout: 20_000 });
  await first.killAndStart();
  await reports.reach(90);
  await server.killAndStart();
  await reports.reach(150);
  await queue.killAndStart();

  await expect
    .poll(async () => summary(await controlPlane.list()), { interval: 100, timeout: 30_000 })
    .toEqual(allCompleted);
  const jobs = await controlPlane.list();
  expect(jobs.map(({ id }) => id).toSorted()).toEqual(numbers.map((id) => `job-${id}`).toSorted());
  expect(jobs.filter(({ retryCount }) => retryCount > 0)).not.toEqual([]);
  expect(await numbersRun(flawless)).toEqual(numbers);
}, 60_000);

testEachJobOnce(200, 60_000);
