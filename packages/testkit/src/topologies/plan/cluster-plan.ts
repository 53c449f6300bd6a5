import type { Role } from "../../containers/service/service-container.ts";
import type { Topology } from "./topology.ts";

/** A cluster as it is to be: what containers, compose files and in-process clusters are made from. */
export interface ClusterPlan {
  readonly topology: Topology;
  /** Null where there are no containers. */
  readonly network: { readonly subnet: string } | null;
  /** The workers' own network, which has no way out but the hop; null where they are in the nodes'. */
  readonly workersNetwork: { readonly subnet: string } | null;
  /** What is to be started, in an order in which it can be. */
  readonly members: readonly MemberPlan[];
  /** The nodes. Where there are several, they are equal. */
  readonly nodes: readonly NodePlan[];
  readonly workers: readonly WorkerPlan[];
  /** The member that is the database which several nodes share; null where one node keeps everything itself. */
  readonly database: string | null;
}

/** What a member runs: programs of our image, PostgreSQL, or what passes UDP on from one network to another. */
export type MemberRole = Role | "postgres" | "hop";

/** A container, or a process, or a part of this process. */
export interface MemberPlan {
  /** Such as `mvm-ci-node1`, `worker1`, `flawless` or `postgres`: also the container's name in its network. */
  readonly name: string;
  /** What runs in it, in this order. */
  readonly roles: readonly MemberRole[];
  readonly where: "container" | "host-process" | "in-process";
  /** Variables whose values are known. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables whose values are the URLs of members, or their tickets, which are known once those run. */
  readonly links: readonly LinkPlan[];
  /** Further arguments of each role's command. */
  readonly args: Readonly<Partial<Record<MemberRole, readonly string[]>>>;
  /** Its address in the network; null outside of it. */
  readonly address: string | null;
  /** Its address in the workers' own network; null outside of it. */
  readonly workersAddress: string | null;
  readonly publishedPorts: readonly PublishedPort[];
  /** What keeps its data over a restart; null where it has none. */
  readonly volume: string | null;
  /** The members that have to be ready first. */
  readonly dependsOn: readonly string[];
}

/** A variable that tells a member where another one is, or several, whose URLs are separated by commas. */
export interface LinkPlan {
  readonly variable: string;
  readonly members: readonly string[];
  /** The port in the others' containers. */
  readonly port: number;
  /** Whether it tells their tickets, in place of their URLs. Default false. */
  readonly byTicket?: boolean;
}

/** A port of a container that can be reached on the host. */
export interface PublishedPort {
  readonly container: number;
  readonly host: number;
}

/** A node: a control plane, with a Flawless server that it looks after. */
export interface NodePlan {
  readonly id: string;
  /** Whose container it is. */
  readonly member: string;
  /** Whose Flawless server it looks after. */
  readonly flawless: string;
}

/** A worker. */
export interface WorkerPlan {
  readonly id: string;
  /** Whose container it is: its own, or that of its node. */
  readonly member: string;
  /** The member whose control plane it asks for jobs, before it turns to others. */
  readonly controlPlane: string;
  /** The member whose Flawless server runs its jobs; in a cluster that which it asks first. */
  readonly flawless: string;
}

/** Options of {@link planCluster}. */
export interface PlanOptions {
  readonly topology: Topology;
  /** How many nodes. Several share one queue, in a PostgreSQL that is started for them. Default 1. */
  readonly nodes?: number | undefined;
  /** How many workers. Default 1; with `same-container` one for each node, and no other number than up to that. */
  readonly workers?: number | undefined;
  /** How containers refer to each other. Default `name`. */
  readonly addressing?: "name" | "ip" | undefined;
  /** Default `192.168.100.0/24`. */
  readonly subnet?: string | undefined;
  /** That of the workers' own network, with `ticket`. Default `192.168.101.0/24`. */
  readonly workersSubnet?: string | undefined;
  /** How many jobs a worker runs at a time. Default 1. */
  readonly concurrency?: number | undefined;
  /** Time between two signs of life of a worker, in whole seconds, given in milliseconds. Default 30,000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** After how long without one it is lost, in whole seconds, given in milliseconds. Default 90,000. */
  readonly workerTimeoutMs?: number | undefined;
  /** How often a job of lost workers is handed out again. Default 3. */
  readonly maxRetries?: number | undefined;
  /** How long a worker waits when there is no job, in milliseconds. Default 2,000. */
  readonly idleDelayMs?: number | undefined;
  /** How long a worker waits after an error, in milliseconds. Default 5,000. */
  readonly errorDelayMs?: number | undefined;
  /** The Flawless server that workers are told, in place of the topology's: to see what happens. */
  readonly workerFlawlessUrl?: string | undefined;
  /** Whether workers with a Flawless server of their own put `flawless-ts-crawler` 0.1.8 there, as nodes do. Default true. */
  readonly defaultModules?: boolean | undefined;
}
