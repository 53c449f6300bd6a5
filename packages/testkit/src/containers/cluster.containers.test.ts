import { expect, test, vi } from "vitest";
import { ClusterNetwork } from "./cluster-network.ts";
import { ControlPlaneContainer } from "./control-plane-container.ts";
import { findEngine } from "./docker/engine.ts";
import { FlawlessContainer } from "./flawless-container.ts";
import { buildImage } from "./image/resolve-image.ts";
import { NodeContainer } from "./node-container.ts";
import { describeContainers } from "./testing/describe-containers.ts";
import { removedAfter } from "./testing/removed-after.ts";
import { WorkerContainer } from "./worker-container.ts";

await describeContainers("containers of a cluster", () => {
  test("a control plane, its Flawless server and a worker run a job", async () => {
    await using network = await ClusterNetwork.create();
    await using flawless = await new FlawlessContainer()
      .withNetwork(network)
      .withNetworkAliases("flawless")
      .withSecret("CONTROL_PLANE_URL", "http://control-plane:3020")
      .start();
    await using controlPlane = await new ControlPlaneContainer()
      .withNetwork(network)
      .withNetworkAliases("control-plane")
      .withFlawlessUrl(flawless.networkUrl)
      .withNodeId("node-1")
      .start();
    await using worker = await new WorkerContainer()
      .withNetwork(network)
      .withControlPlane(controlPlane.networkUrl)
      .withFlawlessUrl(flawless.networkUrl)
      .withWorkerId("worker-1")
      .withConcurrency(2)
      .withHeartbeatIntervalMs(1_000)
      .start();

    const workers = await controlPlane.client.workers.list();
    expect(workers.map(({ id }) => id)).toEqual(["worker-1"]);
    expect(worker.workerId).toBe("worker-1");
    const id = await controlPlane.client.publish({
      id: "job-1",
      payload: { id: 1, url: "http://site.example/" },
    });
    await expect
      .poll(async () => (await controlPlane.client.job(id))?.status, { timeout: 60_000 })
      .toBe("Completed");
    const nodes = await controlPlane.client.nodes();
    expect(nodes).toMatchObject([{ id: "node-1", flawlessUrl: "http://flawless:27288" }]);
  });

  test("a node has Flawless on localhost, and its own worker if requested", async () => {
    await using node = await new NodeContainer()
      .withNodeId("mvm-ci-node1")
      .withWorker({ id: "inside", args: ["--concurrency", "2"] })
      .start();
    expect(() => node.flawless).toThrow(
      expect.objectContaining({ code: "FLAWLESS_TESTKIT_UNREACHABLE" }),
    );
    expect(await node.controlPlane.workers.list()).toMatchObject([{ id: "inside" }]);
    const job = await node.controlPlane.publish({
      id: "job-7",
      payload: { id: 7, url: "http://site.example/" },
    });
    await expect
      .poll(async () => (await node.controlPlane.job(job))?.status, { timeout: 60_000 })
      .toBe("Completed");
    expect(await node.readLog()).toMatch(/^flawless \| .*^control-plane \| .*^worker \| /ms);
    // As a load balancer or Docker itself would check it.
    const { docker } = await findEngine();
    await vi.waitUntil(
      async () => {
        const { State } = await docker.getContainer(node.getId()).inspect();
        return State.Health?.Status === "healthy";
      },
      { timeout: 60_000, interval: 250 },
    );
    await node.stop({ remove: false });
    const { State } = await docker.getContainer(node.getId()).inspect();
    expect(State.ExitCode).toBe(0);
  });

  test("a node ends with its Flawless, and keeps its jobs when restarted", async () => {
    await using node = await new NodeContainer().withBind("0.0.0.0:27288").start();
    expect(await node.flawless.version()).toMatch(/\d/);
    const id = await node.controlPlane.publish({ payload: { url: "http://site.example/" } });
    await node.kill();
    await node.restart();
    expect(await node.controlPlane.job(id)).toMatchObject({ id, status: "Pending" });
    await node.flawless.waitUntilReady();
  });

  test("a worker with its own Flawless server needs no other", async () => {
    await using network = await ClusterNetwork.create();
    await using controlPlane = await new ControlPlaneContainer()
      .withNetwork(network)
      .withNetworkAliases("control-plane")
      .withoutFlawless()
      .start();
    await using _worker = await new WorkerContainer()
      .withNetwork(network)
      .withControlPlane(controlPlane.networkUrl)
      .withOwnFlawless()
      .withWorkerId("own")
      .start();
    expect(await controlPlane.client.workers.list()).toMatchObject([{ id: "own" }]);
  });

  test("a worker that can't reach its control plane fails to start, and names the URL", async () => {
    await using network = await ClusterNetwork.create();
    const failure = new WorkerContainer()
      .withNetwork(network)
      .withControlPlane("http://nowhere:3020")
      .withFlawlessUrl("http://nowhere:27288")
      .withStartupTimeout(3_000)
      .start();
    await expect(failure).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_CONTAINER_FAILED",
      message: expect.stringContaining("http://nowhere:3020"),
    });
  });

  test("the original control plane's image gets its environment, ports and volume", async () => {
    // The image itself is not public, so ours stands in for it.
    const image = await buildImage({ tag: "flawless-ts-stand-in:mvm-ci-cluster" });
    await using _image = removedAfter(image);
    await using controlPlane = await ControlPlaneContainer.fromImage(image)
      .withCommand(["flawless", "control-plane"])
      .start();
    expect(await controlPlane.client.health()).toMatchObject({ status: "ok" });
    const { docker } = await findEngine();
    const { Config, NetworkSettings, Mounts } = await docker
      .getContainer(controlPlane.getId())
      .inspect();
    expect(Config.Env).toEqual(
      expect.arrayContaining([
        "NODE_ID=node1",
        "HTTP_PORT=3020",
        "FLAWLESS_URL=http://localhost:27288",
        "HIQLITE_NODE_ID=1",
        "HIQLITE_ADDR_API=0.0.0.0:9001",
        "HIQLITE_ADDR_RAFT=0.0.0.0:9000",
        "IROH_BLOBS_PATH=/data/iroh-blobs",
        "RUST_LOG=info",
      ]),
    );
    const published = Object.entries(NetworkSettings.Ports).filter(([, bound]) => bound !== null);
    expect(published.map(([port]) => port).toSorted()).toEqual([
      "3020/tcp",
      "9000/tcp",
      "9001/tcp",
    ]);
    expect(Mounts.map(({ Destination }) => Destination)).toEqual(["/data"]);
  });

  test("the original control plane's image is not downloaded", async () => {
    await expect(
      ControlPlaneContainer.fromImage("mvm-ci-cluster:not-here").start(),
    ).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_IMAGE_FAILED" });
  });
});
