import { fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { ClusterNetwork } from "./cluster-network.ts";
import { findEngine } from "./docker/engine.ts";
import { FlawlessContainer, type StartedFlawlessContainer } from "./flawless-container.ts";
import { buildImage } from "./image/resolve-image.ts";
import { describeContainers } from "./testing/describe-containers.ts";
import { leftOf, nothing } from "./testing/left-of.ts";
import { getFrom } from "./testing/run-in-container.ts";
import { Volume } from "./volume.ts";

const module = fixturePath("conformance");

async function add(flawless: StartedFlawlessContainer): Promise<unknown> {
  return await flawless.client.module("conformance", "1.0.0").execute("add", { a: 2, b: 40 });
}

await describeContainers("a Flawless container", () => {
  test("runs workflows of its modules, and leaves nothing behind", async () => {
    let volume: string | undefined;
    {
      await using flawless = await new FlawlessContainer().withModules(module).start();
      expect(await add(flawless)).toEqual(42);
      const { docker } = await findEngine();
      const { Mounts, HostConfig, Config } = await docker.getContainer(flawless.getId()).inspect();
      volume = Mounts[0]?.Name;
      expect(Mounts).toMatchObject([{ Destination: "/data", Type: "volume" }]);
      expect(Config.User).toBe("10001:10001");
      expect(HostConfig).toMatchObject({ CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"] });
      expect(HostConfig.PortBindings).toMatchObject({ "27288/tcp": [{ HostIp: "127.0.0.1" }] });
    }
    expect(await leftOf()).toEqual(nothing);
    const { docker } = await findEngine();
    await expect(docker.getVolume(volume ?? "").inspect()).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test("continues where it was when it is killed or stopped, and restarted", async () => {
    await using flawless = await new FlawlessContainer().withModules(module).start();
    const { url } = flawless;
    const started = await flawless.client
      .module("conformance", "1.0.0")
      .start("receive_after_response");
    await flawless.kill();
    expect(await flawless.isRunning()).toBe(false);
    await expect(flawless.client.version({ timeoutMs: 500 })).rejects.toThrow();
    await flawless.restart();
    expect(flawless.url).toBe(url);
    expect(await add(flawless)).toBe(42);
    expect(await flawless.client.workflow(started.id).info()).toMatchObject({
      status: "running",
    });
    await flawless.stop({ remove: false });
    await flawless.restart();
    expect(await add(flawless)).toBe(42);
  });

  test("stops gracefully", async () => {
    await using flawless = await new FlawlessContainer().start();
    await flawless.stop({ remove: false });
    const { docker } = await findEngine();
    const { State } = await docker.getContainer(flawless.getId()).inspect();
    expect(State.ExitCode).toBe(0);
    expect(await flawless.readLog()).toContain("shutting down");
  });

  test("keeps its data on a volume for another container", async () => {
    await using volume = await Volume.create();
    {
      await using _first = await new FlawlessContainer()
        .withVolume(volume)
        .withModules(module)
        .start();
    }
    await using second = await new FlawlessContainer().withVolume(volume).start();
    expect(await add(second)).toBe(42);
  });

  test("requires a token, and reads secrets from the environment", async () => {
    await using flawless = await new FlawlessContainer()
      .withTokens("first-token", "second-token")
      .withSecret("API_KEY", "swordfish")
      .withModules(module)
      .start();
    expect(await add(flawless)).toBe(42);
    const answer = await fetch(`${flawless.url}/api/module/list`);
    expect(answer.status).toBe(401);
    expect(await flawless.readLog()).not.toMatch(/swordfish|first-token|second-token/);
  });

  test("is reachable by name and by a fixed address in its network, and by neither when cut off from it", async () => {
    await using network = await ClusterNetwork.create();
    const address = network.address(10);
    await using flawless = await new FlawlessContainer()
      .withNetwork(network)
      .withNetworkAliases("flawless")
      .withAddress(address)
      .start();
    await using other = await new FlawlessContainer().withNetwork(network).start();
    expect(flawless.networkUrl).toBe("http://flawless:27288");
    expect(flawless.networkAddress).toBe(address);
    expect(await getFrom(other, `${flawless.networkUrl}/health`)).toBe("200");
    expect(await getFrom(other, `http://${address}:27288/health`)).toBe("200");

    await flawless.disconnect();
    expect(await getFrom(other, `${flawless.networkUrl}/health`)).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(await getFrom(other, `http://${address}:27288/health`)).not.toBe("200");

    await flawless.connect();
    expect(await getFrom(other, `${flawless.networkUrl}/health`)).toBe("200");
    expect(await getFrom(other, `http://${address}:27288/health`)).toBe("200");
    expect(await flawless.client.version()).toMatch(/\d/);
  });

  test("can't be reached from outside if it listens on localhost in its container, published port or not", async () => {
    await using network = await ClusterNetwork.create();
    await using flawless = await new FlawlessContainer()
      .withBind("127.0.0.1:27288")
      .withPublishedPorts(27288)
      .withNetwork(network)
      .withNetworkAliases("flawless")
      .start();
    await using other = await new FlawlessContainer().withNetwork(network).start();

    expect(await getFrom(flawless, "http://127.0.0.1:27288/health")).toBe("200");
    expect(await getFrom(other, "http://flawless:27288/health")).toBe("ECONNREFUSED");
    const fromHere = `http://127.0.0.1:${flawless.getMappedPort(27288)}/health`;
    await expect(fetch(fromHere)).rejects.toThrow();
  });

  test("says why it can't be reached if no port is published", async () => {
    await using flawless = await new FlawlessContainer().withBind("127.0.0.1:27288").start();
    expect(() => flawless.client).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_TESTKIT_UNREACHABLE",
        message: expect.stringContaining('withBind("0.0.0.0:27288")'),
      }),
    );
  });

  test("if it exits, reports that immediately, with its log, and leaves nothing behind", async () => {
    const failure = new FlawlessContainer().withArguments("--no-such-option").start();
    await expect(failure).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_CONTAINER_FAILED",
      message: expect.stringMatching(/ended with code 2.*no-such-option/s),
    });
    expect(await leftOf()).toEqual(nothing);
  });

  test("leaves nothing behind if a module is refused", async () => {
    const failure = new FlawlessContainer().withModules(new Uint8Array([1, 2, 3])).start();
    await expect(failure).rejects.toMatchObject({
      cause: { code: "FLAWLESS_MODULE_REFUSED" },
    });
    expect(await leftOf()).toEqual(nothing);
  });

  test("is built on another image with the Dockerfile for public images", async () => {
    // A public image isn't available everywhere, so one of ours stands in for it: it has Node at the same path.
    const base = await buildImage({ image: "scratch" });
    await using flawless = await new FlawlessContainer({ image: { base } })
      .withModules(module)
      .start();
    expect(await add(flawless)).toBe(42);
    const { docker } = await findEngine();
    const { Config } = await docker.getContainer(flawless.getId()).inspect();
    expect(Config.Image).toMatch(/^flawless-ts:base-[0-9a-f]{16}$/);
  });

  test("reports which image is missing, and downloads none", async () => {
    const failure = new FlawlessContainer({ image: { base: "node:0.0.0-nowhere" } }).start();
    await expect(failure).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_IMAGE_FAILED",
      message: expect.stringContaining("docker pull node:0.0.0-nowhere"),
    });
  });
});
