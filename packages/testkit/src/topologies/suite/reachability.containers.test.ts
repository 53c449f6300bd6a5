import { describe, expect, test } from "vitest";
import { ClusterNetwork } from "../../containers/cluster-network.ts";
import { skipWithoutDocker } from "../../containers/docker/skip-without-docker.ts";
import { FlawlessContainer } from "../../containers/flawless-container.ts";
import type { ClusterOptions } from "../cluster-options.ts";
import { Cluster } from "../cluster.ts";
import { explainReachability } from "../reachability/explain-reachability.ts";
import { quick } from "../testing/quick.ts";

const skipped = await skipWithoutDocker("what containers can reach");

describe.skipIf(skipped)("a wrong FLAWLESS_URL", () => {
  async function failure(options: ClusterOptions): Promise<unknown> {
    return Cluster.start({ ...quick, ...options }).then(
      (cluster) => cluster[Symbol.asyncDispose](),
      (error: unknown) => error,
    );
  }

  test("of localhost in a worker's container is reported, with its likely cause", async () => {
    expect(
      await failure({ topology: "container-network", workerFlawlessUrl: "http://localhost:27288" }),
    ).toMatchObject({
      code: "FLAWLESS_TESTKIT_UNREACHABLE",
      message: expect.stringMatching(
        /^worker1 \(container-network\) can't reach its Flawless server\. http:\/\/localhost:27288 \(asked from within a container\): nothing listens there[^]*In a container, localhost is that container itself[^]*container-network: /,
      ),
    });
  }, 120_000);

  test("of a name that is unknown in the network", async () => {
    expect(
      await failure({ topology: "shared-flawless", workerFlawlessUrl: "http://flawles:27288" }),
    ).toMatchObject({
      code: "FLAWLESS_TESTKIT_UNREACHABLE",
      message: expect.stringMatching(
        /http:\/\/flawles:27288 [^]*the name is unknown[^]*not in the network/,
      ),
    });
  }, 120_000);

  test("of a container's name on the host", async () => {
    expect(
      await failure({ topology: "exposed-port", workerFlawlessUrl: "http://mvm-ci-node1:27288" }),
    ).toMatchObject({
      code: "FLAWLESS_TESTKIT_UNREACHABLE",
      message: expect.stringMatching(
        /http:\/\/mvm-ci-node1:27288 \(asked from the host\): the name is unknown[^]*inside of their Docker network[^]*exposed-port: /,
      ),
    });
  }, 120_000);
});

test.skipIf(skipped)(
  "a Flawless server that is bound to localhost in its container can't be reached from outside",
  { timeout: 120_000 },
  async () => {
    await using network = await ClusterNetwork.create();
    const port = 27_288;
    await using flawless = await new FlawlessContainer()
      .withNetwork(network)
      .withNetworkAliases("flawless")
      .withBind(`127.0.0.1:${port}`)
      .withPublishedPorts(port)
      .start();
    // By its address, and through its published port, which accepts the connection but has nowhere to forward it.
    expect(await explainReachability(`http://${flawless.networkAddress}:${port}`)).toMatchObject({
      outcome: "refused",
      cause: expect.stringContaining("bound to localhost in its container"),
      fitting: ["container-network", "shared-flawless"],
    });
    const published = `http://127.0.0.1:${flawless.getMappedPort(port)}`;
    expect(await explainReachability(published)).toMatchObject({
      outcome: "reset",
      cause: expect.stringContaining("bound to localhost in its container"),
      fitting: ["exposed-port", "container-network"],
    });
  },
);
