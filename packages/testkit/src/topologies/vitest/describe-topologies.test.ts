import { expect, test } from "vitest";
import type { Cluster } from "../cluster.ts";
import { quick } from "../testing/quick.ts";
import { suiteModule } from "../testing/suite-module.ts";
import { describeTopologies, type TopologyContext } from "./describe-topologies.ts";

const seen: Cluster[] = [];

describeTopologies(
  ["in-process"],
  (suite: TopologyContext) => {
    let atCollection: unknown;
    try {
      void suite.cluster;
    } catch (error) {
      atCollection = error;
    }

    test("has its own cluster", async () => {
      seen.push(suite.cluster);
      expect(suite.topology).toBe("in-process");
      expect(suite.cluster.topology).toBe("in-process");
      expect(suite.cluster.nodes).toHaveLength(2);
    });

    test("has the same one in each test", () => {
      expect(seen).toContain(suite.cluster);
    });

    test("has no cluster before its tests", () => {
      expect(atCollection).toMatchObject({ code: "FLAWLESS_TESTKIT_NOT_STARTED" });
    });
  },
  {
    cluster: async (topology) => ({
      ...quick,
      nodes: topology === "in-process" ? 2 : 1,
      modules: [await suiteModule()],
    }),
  },
);

test("the cluster is disposed of after its suite", async () => {
  const [cluster] = seen;
  await expect(fetch(`${cluster?.nodes[0]?.url}/health`)).rejects.toThrow();
});
