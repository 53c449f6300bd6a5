import type { Role } from "../../containers/service/service-container.ts";
import type { Topology } from "./topology.ts";

/** The plan of a cluster, from which containers, compose files and in-process clusters are made. */
export interface ClusterPlan {
  readonly topology: Topology;
  /** Null if there are no containers. */
  readonly network: { readonly subnet: string } | null;
  /** The workers' own network, whose only way out is the hop; null if workers are in the nodes' network. */
  readonly workersNetwork: { readonly subnet: string } | null;
  /** The members, in an order in which they can be started. */
  readonly members: readonly MemberPlan[];
  /** The nodes. If there are several, they are equal. */
  readonly nodes: readonly NodePlan[];
  readonly workers: readonly WorkerPlan[];
  /** The name of the database member that several nodes share; null if a single node stores everything itself. */
  readonly database: string | null;
}

/** What a member runs: programs of our image, PostgreSQL, or the hop, which forwards UDP between two networks. */
export type MemberRole = Role | "postgres" | "hop";

/** A container, a process, or a part of this process. */
export interface MemberPlan {
  /** Such as `mvm-ci-node1`, `worker1`, `flawless` or `postgres`: also the container's name in its network. */
  readonly name: string;
  /** What runs in it, in order. */
  readonly roles: readonly MemberRole[];
  readonly where: "container" | "host-process" | "in-process";
  /** Variables whose values are known. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables whose values are the URLs of members, or their tickets, which are known once the members run. */
  readonly links: readonly LinkPlan[];
  /** More arguments for each role's command. */
  readonly args: Readonly<Partial<Record<MemberRole, readonly string[]>>>;
  /** Its address in the network; null if it has none. */
  readonly address: string | null;
  /** Its address in the workers' own network; null if it has none. */
  readonly workersAddress: string | null;
  readonly publishedPorts: readonly PublishedPort[];
  /** The volume that keeps its data across restarts; null if it has none. */
  readonly volume: string | null;
  /** The members that must be ready first. */
  readonly dependsOn: readonly string[];
}

/** A variable with the URL of another member, or of several, separated by commas. */
export interface LinkPlan {
  readonly variable: string;
  readonly members: readonly string[];
  /** The port in the other members' containers. */
  readonly port: number;
  /** Whether it has their tickets instead of their URLs. Default false. */
  readonly byTicket?: boolean;
}

/** A port of a container that can be reached on the host. */
export interface PublishedPort {
  readonly container: number;
  readonly host: number;
}

/** A node: a control plane, with a Flawless server that it watches. */
export interface NodePlan {
  readonly id: string;
  /** The member whose container it is in. */
  readonly member: string;
  /** The member whose Flawless server it watches. */
  readonly flawless: string;
}

/** A worker. */
export interface WorkerPlan {
  readonly id: string;
  /** The member whose container it is in: its own, or its node's. */
  readonly member: string;
  /** The member whose control plane it asks for jobs first. */
  readonly controlPlane: string;
  /** The member whose Flawless server runs its jobs; in a cluster, the one that it asks first. */
  readonly flawless: string;
}

/** Options of {@link planCluster}. */
export interface PlanOptions {
  readonly topology: Topology;
  /** The number of nodes. Several share one queue, in a PostgreSQL that is started for them. Default 1. */
  readonly nodes?: number | undefined;
  /** The number of workers. Default 1. With `same-container`, the default is one per node, which is also the max. */
  readonly workers?: number | undefined;
  /** How containers refer to each other. Default `name`. */
  readonly addressing?: "name" | "ip" | undefined;
  /** Default `192.168.100.0/24`. */
  readonly subnet?: string | undefined;
  /** The subnet of the workers' own network, with `ticket`. Default `192.168.101.0/24`. */
  readonly workersSubnet?: string | undefined;
  /** The number of jobs that a worker runs at a time. Default 1. */
  readonly concurrency?: number | undefined;
  /** The time between a worker's heartbeats, in milliseconds; must be whole seconds. Default 30,000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** The time without a heartbeat until a worker is lost, in milliseconds; must be whole seconds. Default 90,000. */
  readonly workerTimeoutMs?: number | undefined;
  /** How often a job of lost workers is reassigned. Default 3. */
  readonly maxRetries?: number | undefined;
  /** How long a worker waits if there is no job, in milliseconds. Default 2,000. */
  readonly idleDelayMs?: number | undefined;
  /** How long a worker waits after an error, in milliseconds. Default 5,000. */
  readonly errorDelayMs?: number | undefined;
  /** The Flawless server that workers use instead of the topology's, to see what happens. */
  readonly workerFlawlessUrl?: string | undefined;
  /** Whether workers with own Flawless servers deploy `flawless-ts-crawler` 0.1.8 there, like nodes. Default true. */
  readonly defaultModules?: boolean | undefined;
}
