import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { TestApi } from "../testing/test-api.ts";
import { SnapshotReader } from "./snapshot.ts";

let api: TestApi;

beforeEach(() => {
  api = new TestApi();
  onTestFinished(() => api[Symbol.asyncDispose]());
});

function reader(limits = { running: 2, recent: 2, workers: 2 }): SnapshotReader {
  return new SnapshotReader(api.context.queue, api.context.events, limits);
}

async function publish(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    await api.post("/api/queue/publish", { url: "https://example.com/" });
  }
}

async function shownJobs(of: SnapshotReader): Promise<readonly string[]> {
  return (await of.read()).jobs.map(({ id, status }) => `${id} ${status}`);
}

describe("a snapshot", () => {
  test("shows running jobs before the newest ones, however many are waiting", async () => {
    await publish(9);
    await api.post("/queue/claim");
    await api.post("/queue/claim");
    await api.post("/queue/status/job-1", { status: "InProgress" });

    expect(await shownJobs(reader())).toEqual([
      "job-2 Claimed",
      "job-1 InProgress",
      "job-9 Pending",
      "job-8 Pending",
    ]);
  });

  test("keeps showing the jobs with the latest news", async () => {
    const watching = reader();
    await publish(9);
    for (const id of [1, 2, 3]) {
      await api.post("/ui-update", { id, status: "Done", url: "u", urls_left: 8 });
    }
    await api.post("/ui-update", { id: 2, status: "Request", url: "u", urls_left: 7 });
    const { jobs } = await watching.read();

    expect(jobs.map(({ id }) => id)).toEqual(["job-9", "job-8", "job-3", "job-2"]);
    expect(jobs.at(-1)?.progress).toMatchObject({ status: "Request", reports: 2 });
  });

  test("shows no job twice", async () => {
    const watching = reader();
    await publish(1);
    await api.post("/queue/claim");

    expect(await shownJobs(watching)).toEqual(["job-1 Claimed"]);
  });

  test("shows live workers first, and counts all", async () => {
    for (const id of ["c", "b"]) {
      await api.post("/api/workers/register", { worker_type: "wasm", worker_id: id });
    }
    api.clock.advance(1_000_000);
    await api.context.queue.returnLost();
    await api.post("/api/workers/register", { worker_type: "wasm", worker_id: "d" });
    const { workers, workerCounts } = await reader().read();

    expect(workers.map(({ id, status }) => `${id} ${status}`)).toEqual(["d online", "b offline"]);
    expect(workerCounts).toEqual({ online: 1, draining: 0, offline: 2 });
  });
});
