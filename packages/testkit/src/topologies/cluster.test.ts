import { expect, test } from "vitest";
import { Cluster } from "./cluster.ts";
import { quick } from "./testing/quick.ts";
import { suiteModule } from "./testing/suite-module.ts";

test("a cluster in this process deploys, runs jobs and shows its nodes", async () => {
  const modules = [await suiteModule()];
  await using cluster = await Cluster.start({
    ...quick,
    topology: "in-process",
    nodes: 2,
    workers: 2,
    modules,
  });
  expect(cluster.flawlessServers).toHaveLength(2);
  expect(cluster.nodes.map(({ flawlessMember }) => flawlessMember)).toEqual(
    cluster.nodes.map(({ name }) => ({ name })),
  );
  expect(cluster.flawlessMember).toEqual({ name: "mvm-ci-node1" });
  expect((await fetch(cluster.page)).status).toBe(200);
  expect(await cluster.controlPlane.nodes()).toEqual(
    cluster.nodes.map(({ id, flawlessUrl }) => ({
      id,
      flawlessUrl: flawlessUrl.replace("127.0.0.1", "localhost"),
    })),
  );
  const id = await cluster.publish({ payload: { url: "sleep:20" } });
  expect(await cluster.waitForJob(id)).toMatchObject({ status: "Completed" });
  expect(await cluster.logs("worker1")).toContain("Registered");
  expect(await cluster.logs(cluster.nodes[0] ?? "")).toContain("Flawless is ready");
});

test("a worker gets a wrong URL: the cluster doesn't start, and says why", async () => {
  const modules = [await suiteModule()];
  await expect(
    Cluster.start({
      ...quick,
      topology: "in-process",
      modules,
      workerFlawlessUrl: "http://127.0.0.1:27399",
    }),
  ).rejects.toMatchObject({
    code: "FLAWLESS_TESTKIT_UNREACHABLE",
    message: expect.stringMatching(
      /^worker1 \(in-process\) can't reach its Flawless server\. http:\/\/127\.0\.0\.1:27399 \(asked from the host\): nothing listens there.*\nLikely cause: .*port is not published\.\n {2}exposed-port: publish/,
    ),
  });
});

test("the error for a job that doesn't end has the state of the workers", async () => {
  await using cluster = await Cluster.start({
    ...quick,
    topology: "in-process",
    modules: [await suiteModule()],
  });
  const id = await cluster.publish({ payload: { url: "sleep:60000" } });
  await cluster.waitForJob(id, { status: "InProgress" });
  await expect(cluster.waitForJob(id, { timeoutMs: 1 })).rejects.toMatchObject({
    code: "FLAWLESS_TESTKIT_JOB_UNFINISHED",
    message: expect.stringMatching(
      /^The job job-1 was not ready after 1 ms\. It is InProgress, worker1 has it/,
    ),
  });
  await expect(cluster.kill("worker9")).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    message: "Invalid `member`: the cluster has no member worker9.",
  });
  await expect(cluster.disconnect("mvm-ci-node1")).rejects.toMatchObject({
    code: "FLAWLESS_TESTKIT_NOT_SUPPORTED",
  });
});
