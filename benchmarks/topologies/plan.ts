import type { Topology } from "@flawless-ts/testkit/containers";

/** What is measured, and how often. */
export interface TopologiesPlan {
  readonly topologies: readonly Topology[];
  readonly nodes: number;
  readonly workers: number;
  /** Rounds that count; one more goes first, and does not. */
  readonly rounds: number;
}

/** Containers of one kind that are started alone. */
export type ContainerKind =
  | "Flawless server"
  | "control plane"
  | "node: Flawless server and control plane"
  | "worker";

/** One start of a container. */
export interface ContainerStart {
  /** From the call to the answer of the service in it, in milliseconds. */
  readonly totalMs: number;
  /** How much of that passed before Docker said that its first process runs, in milliseconds. */
  readonly dockerMs: number;
}

/** One start of a cluster. */
export interface ClusterStart {
  /** From the call until every member has answered, in milliseconds. */
  readonly readyMs: number;
  /** Until nothing of it is left, in milliseconds. */
  readonly removedMs: number;
}

/** All that was measured. */
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
