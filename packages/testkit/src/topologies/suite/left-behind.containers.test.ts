import { expect, test } from "vitest";
import { describeContainers } from "../../containers/testing/describe-containers.ts";
import { leftOf, nothing } from "../../containers/testing/left-of.ts";
import { Cluster } from "../cluster.ts";
import { quick } from "../testing/quick.ts";

await describeContainers("what a cluster leaves in Docker", () => {
  test("is nothing after disposal, whatever state its members are in", async () => {
    {
      await using cluster = await Cluster.start({
        ...quick,
        topology: "shared-flawless",
        workers: 3,
      });
      expect(await leftOf()).toEqual({ containers: 5, networks: 1, volumes: 2 });
      await cluster.kill("worker1");
      await cluster.stop("worker2");
      await cluster.disconnect("worker3");
    }
    expect(await leftOf()).toEqual(nothing);
  });

  test("is nothing if one of its members doesn't start", async () => {
    const start = Cluster.start({
      ...quick,
      topology: "container-network",
      nodes: 2,
      // Not a module: nodes refuse to deploy it.
      modules: [new Uint8Array([1, 2, 3])],
      startupTimeoutMs: 3_000,
    });
    await expect(start).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_CONTAINER_FAILED" });
    expect(await leftOf()).toEqual(nothing);
  });

  test("is nothing if its subnet is invalid", async () => {
    await expect(
      Cluster.start({ topology: "shared-flawless", subnet: "192.168.100.0/33" }),
    ).rejects.toMatchObject({ code: "FLAWLESS_INVALID_OPTION" });
    expect(await leftOf()).toEqual(nothing);
  });
});
