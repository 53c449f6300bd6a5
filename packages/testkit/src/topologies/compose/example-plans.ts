import type { ClusterPlan } from "../plan/cluster-plan.ts";
import { planCluster } from "../plan/plan-cluster.ts";
import { topologies } from "../plan/topology.ts";
import { composeFile } from "./compose-file.ts";

/** The contents of `examples/compose`, by file name. */
export function exampleComposeFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const add = (name: string, plan: ClusterPlan, addressing: "name" | "ip" = "name"): void => {
    const text = composeFile(plan, { addressing });
    if (text !== null) {
      files[`${name}.yaml`] = text;
    }
  };
  for (const topology of topologies) {
    const workers = topology === "same-container" ? 3 : 2;
    const plan = planCluster({ topology, nodes: 3, workers });
    add(topology, plan);
    if (topology === "container-network") {
      add(`${topology}-ip`, plan, "ip");
    }
  }
  return files;
}
