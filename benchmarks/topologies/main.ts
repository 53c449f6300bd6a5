import { writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  buildImage,
  dockerAvailable,
  type Topology,
  topologies,
} from "@flawless-ts/testkit/containers";
import { describeMachine } from "../measure/machine.ts";
import { runBenchmark } from "../run-benchmark.ts";
import { imageBytes } from "./docker-facts.ts";
import { measureCluster, workersOf } from "./measure-cluster.ts";
import { measureContainers } from "./measure-containers.ts";
import type {
  ClusterStart,
  ContainerKind,
  ContainerStart,
  TopologiesPlan,
  TopologiesResult,
} from "./plan.ts";
import { formatClusters, formatContainers, formatTopologiesDocument } from "./report.ts";

const documentFile = fileURLToPath(new URL("../../docs/benchmarks-topologies.md", import.meta.url));
const usage = `Usage: node benchmarks/topologies/main.ts [--quick]

  --quick     one round instead of five; docs/benchmarks-topologies.md stays as it is`;

async function main(quick: boolean): Promise<void> {
  const docker = await dockerAvailable();
  if (!docker.available) {
    throw new Error(docker.reason);
  }
  const plan: TopologiesPlan = { topologies, nodes: 3, workers: 2, rounds: quick ? 1 : 5 };
  const [otherLoad = 0] = loadavg();
  const machine = describeMachine(tmpdir());
  const name = await buildImage();
  const image = { name, bytes: await imageBytes(name) };
  const result = { ...(await measure(plan)), image, dockerVersion: docker.version };
  console.log(`${formatClusters(result, plan)}\n\n${formatContainers(result)}`);
  if (!quick) {
    writeFileSync(documentFile, formatTopologiesDocument(result, plan, machine, otherLoad));
  }
}

/** All kinds in each round, so that a slow minute of the machine affects all of them. */
async function measure(
  plan: TopologiesPlan,
): Promise<Pick<TopologiesResult, "clusters" | "containers">> {
  const clusters = new Map<Topology, ClusterStart[]>();
  const containers = new Map<ContainerKind, ContainerStart[]>();
  for (let round = 0; round <= plan.rounds; round += 1) {
    console.error(round === 0 ? "warming up ..." : `round ${round} of ${plan.rounds} ...`);
    const counts = round > 0;
    for (const [kind, start] of await measureContainers()) {
      containers.set(kind, [...(containers.get(kind) ?? []), ...(counts ? [start] : [])]);
    }
    for (const topology of plan.topologies) {
      const start = await measureCluster(topology, plan);
      clusters.set(topology, [...(clusters.get(topology) ?? []), ...(counts ? [start] : [])]);
    }
  }
  return {
    clusters: [...clusters].map(([topology, starts]) => ({
      topology,
      workers: workersOf(topology, plan),
      starts,
    })),
    containers: [...containers].map(([kind, starts]) => ({ kind, starts })),
  };
}

function parseOptions(args: readonly string[]): boolean {
  const options = { quick: { type: "boolean", default: false } } as const;
  return parseArgs({ args: [...args], options }).values.quick;
}

await runBenchmark({ usage, parseOptions, main });
