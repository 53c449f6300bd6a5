import { expect, test } from "vitest";
import { Cluster } from "../cluster.ts";
import { skipWithoutDocker } from "../../containers/docker/skip-without-docker.ts";
import { quick } from "../testing/quick.ts";
import { suiteModule } from "../testing/suite-module.ts";

test.skipIf(await skipWithoutDocker("fixed addresses"))(
  "workers find nodes by fixed addresses",
  { timeout: 300_000 },
  async () => {
    await using cluster = await Cluster.start({
      ...quick,
      topology: "container-network",
      addressing: "ip",
      nodes: 2,
      workers: 2,
      modules: [await suiteModule()],
    });
    const base = cluster.plan.network?.subnet.replace(/0\/24$/, "") ?? "";
    expect(cluster.workers.map(({ flawlessUrl }) => flawlessUrl)).toEqual([
      `http://${base}11:27288`,
      `http://${base}12:27288`,
    ]);
    const nodes = await cluster.nodes[1]?.controlPlane.nodes();
    expect(nodes?.map(({ flawlessUrl }) => flawlessUrl)).toEqual([
      `http://${base}11:27288`,
      `http://${base}12:27288`,
    ]);
    const id = await cluster.publish({ payload: { url: "sleep:10" } });
    expect(await cluster.waitForJob(id)).toMatchObject({ status: "Completed" });
  },
);
