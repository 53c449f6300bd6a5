import { ControlPlane } from "@flawless-ts/sdk";
import { expect, test } from "vitest";
import { Cluster } from "../../topologies/cluster.ts";
import { quick } from "../../topologies/testing/quick.ts";
import { describeContainers } from "../testing/describe-containers.ts";
import { leftOf, nothing } from "../testing/left-of.ts";

await describeContainers("the database of a cluster", () => {
  test("keeps the queue across restarts, and nodes recover by themselves after it hung or was cut off", async () => {
    {
      await using cluster = await Cluster.start({
        ...quick,
        topology: "shared-flawless",
        nodes: 2,
        workers: 0,
      });
      const [one, two] = cluster.nodes.map(({ controlPlane }) => controlPlane);
      const asked = new ControlPlane({ url: cluster.nodes[1]?.url ?? "", retry: false });
      const works = async (id: string): Promise<void> => {
        // Retries until the database is back.
        await one?.publish({ id, payload: { id } });
        expect(await two?.job(id)).toMatchObject({ id, status: "Pending" });
      };
      await works("first");
      await cluster.kill("postgres");
      await expect(asked.publish({ id: "lost", payload: {} })).rejects.toMatchObject({
        serverCode: "STORE_UNAVAILABLE",
      });
      await cluster.restart("postgres");
      await works("after its end");
      await cluster.pause("postgres");
      await cluster.resume("postgres");
      await works("after it hung");
      await cluster.disconnect("postgres");
      await cluster.connect("postgres");
      await works("after it was cut off");
      await cluster.stop("postgres");
      await cluster.restart("postgres");
      await works("after it was stopped");
      expect((await two?.list())?.map(({ id }) => id)).toEqual([
        "first",
        "after its end",
        "after it hung",
        "after it was cut off",
        "after it was stopped",
      ]);
      expect(await cluster.logs("postgres")).toContain("ready to accept connections");
      await asked.close();
    }
    expect(await leftOf()).toEqual(nothing);
  });
});
