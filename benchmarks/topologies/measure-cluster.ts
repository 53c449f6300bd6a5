import { Cluster, type Topology } from "@flawless-ts/testkit/containers";
import type { ClusterStart, TopologiesPlan } from "./plan.ts";

/** In same-container each node contains one worker. */
export function workersOf(topology: Topology, { nodes, workers }: TopologiesPlan): number {
  return topology === "same-container" ? nodes : workers;
}

/** Starts a cluster and stops it. */
export async function measureCluster(
  topology: Topology,
  plan: TopologiesPlan,
): Promise<ClusterStart> {
  const began = performance.now();
  const cluster = await Cluster.start({
    topology,
    nodes: plan.nodes,
    workers: workersOf(topology, plan),
  });
  const ready = performance.now();
  await cluster[Symbol.asyncDispose]();
  return { readyMs: ready - began, removedMs: performance.now() - ready };
}
