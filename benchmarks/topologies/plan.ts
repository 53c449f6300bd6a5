import type { Topology } from "@flawless-ts/testkit/containers";

/** What to measure, and how often. */
export interface TopologiesPlan {
  readonly topologies: readonly Topology[];
  readonly nodes: number;
  readonly workers: number;
  /** The number of rounds that count; one more comes first, and doesn't count. */
  readonly rounds: number;
}

/** A kind of container that is started alone. */
export type ContainerKind =
  | "Flawless server"
  | "control plane"
  | "node: Flawless server and control plane"
  | "worker";

/** One start of a container. */
export interface ContainerStart {
  /** From the call to the response of the service in it, in milliseconds. */
  readonly totalMs: number;
  /** How much of that time passed before Docker reported that its first process runs, in milliseconds. */
  readonly dockerMs: number;
}

/** One start of a cluster. */
export interface ClusterStart {
  /** From the call until every member has responded, in milliseconds. */
  readonly readyMs: number;
  /** How long it took until nothing of it was left, in milliseconds. */
  readonly removedMs: number;
}

/** All results. */
export interface TopologiesResult {
  readonly clusters: readonly {
    readonly topology: Topology;
    readonly workers: number;
    readonly starts: readonly ClusterStart[];
  }[];
  readonly containers: readonly {
    readonly kind: ContainerKind;
    readonly starts: readonly ContainerStart[];
  }[];
  readonly image: { readonly name: string; readonly bytes: number };
  readonly dockerVersion: string;
}
