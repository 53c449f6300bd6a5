/**
 * How the parts of a cluster are arranged. The first four are mvm-ci's:
 *
 * - `exposed-port`: each node has its own Flawless server, whose port is published; workers are processes on this machine.
 * - `container-network`: workers are containers in the nodes' network, and reach Flawless servers by name or
 *   address.
 * - `shared-flawless`: one Flawless server for all, in its own container. Recommended for production.
 * - `same-container`: one worker in each node's container, next to its Flawless server, on localhost.
 * - `worker-own-flawless`: each worker's container has its own Flawless server.
 * - `flawless-cluster`: each node has its own Flawless server, and together they are one cluster; workers use any node.
 *   For deployments without a single point of failure.
 * - `ticket`: workers are containers in their own network, from which only UDP passes to the nodes; they know only the
 *   nodes' tickets. For workers that can't reach a Flawless server or don't know where one is.
 * - `in-process`: everything in this process, without Docker.
 */
export type Topology =
  | "exposed-port"
  | "container-network"
  | "shared-flawless"
  | "same-container"
  | "worker-own-flawless"
  | "flawless-cluster"
  | "ticket"
  | "in-process";

/** All topologies. */
export const topologies: readonly Topology[] = [
  "exposed-port",
  "container-network",
  "shared-flawless",
  "same-container",
  "worker-own-flawless",
  "flawless-cluster",
  "ticket",
  "in-process",
];

/** How topologies differ. */
export interface TopologyTraits {
  /** Whether nodes have their own Flawless servers; otherwise there is one for all. */
  readonly nodesHaveFlawless: boolean;
  /** Where workers run. */
  readonly workersIn: "own-container" | "node-container" | "host-process" | "in-process";
  /** Whether a worker has its own Flawless server, instead of its node's. */
  readonly workersHaveFlawless: boolean;
  /** Whether all Flawless servers are one cluster, on the nodes' PostgreSQL. */
  readonly flawlessIsCluster: boolean;
  /** Whether workers have their own network, and reach nodes only by tickets. */
  readonly byTicket: boolean;
  /** In one sentence, for people. */
  readonly summary: string;
}

const node = {
  nodesHaveFlawless: true,
  workersHaveFlawless: false,
  flawlessIsCluster: false,
  byTicket: false,
} as const;

/** {@link TopologyTraits} by topology. */
export const traitsOf: Readonly<Record<Topology, TopologyTraits>> = {
  "exposed-port": {
    ...node,
    workersIn: "host-process",
    summary:
      "Each node has its own Flawless server, whose port is published; workers are processes on the host.",
  },
  "container-network": {
    ...node,
    workersIn: "own-container",
    summary: "Each node has its own Flawless server; workers are containers in the same network.",
  },
  "shared-flawless": {
    ...node,
    nodesHaveFlawless: false,
    workersIn: "own-container",
    summary: "One Flawless server for all nodes and workers: recommended for production.",
  },
  "same-container": {
    ...node,
    workersIn: "node-container",
    summary: "A node's Flawless server, control plane and worker share a container, and localhost.",
  },
  "worker-own-flawless": {
    ...node,
    workersIn: "own-container",
    workersHaveFlawless: true,
    summary: "Each worker's container has a Flawless server of its own.",
  },
  "flawless-cluster": {
    ...node,
    workersIn: "own-container",
    flawlessIsCluster: true,
    summary:
      "The nodes' Flawless servers are one cluster, on the PostgreSQL that has the queue, too; workers use any node.",
  },
  ticket: {
    ...node,
    workersIn: "own-container",
    byTicket: true,
    summary:
      "Workers are in a network of their own, from which only UDP passes; they reach nodes and their Flawless servers by tickets.",
  },
  "in-process": {
    ...node,
    workersIn: "in-process",
    summary: "Nodes and workers in one process, without containers.",
  },
};
