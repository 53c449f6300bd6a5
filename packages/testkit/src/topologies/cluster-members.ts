import type { ControlPlane, Flawless } from "@flawless-ts/sdk";

/** Something in a cluster that can be stopped and cut off: a container, a process, or a part of this process. */
export interface ClusterMember {
  /** Such as `mvm-ci-node1`, `worker1`, `flawless` or `postgres`. */
  readonly name: string;
}

/** A node of a cluster. */
export interface ClusterNode extends ClusterMember {
  /** What it goes by at the control plane. */
  readonly id: string;
  /** Where this process reaches its control plane. */
  readonly url: string;
  /** A client of it; it is closed with the cluster. */
  readonly controlPlane: ControlPlane;
  /** Where this process reaches the Flawless server that it looks after. */
  readonly flawlessUrl: string;
  /** A client of that; it is closed with the cluster. */
  readonly flawless: Flawless;
  /** The member that has that server, to stop or to kill: this node, or the one that has it for all. */
  readonly flawlessMember: ClusterMember;
}

/** A worker of a cluster. */
export interface ClusterWorker extends ClusterMember {
  /** What it goes by at the control plane. */
  readonly id: string;
  /** The member whose container it is in: with `same-container` its node, else itself. */
  readonly name: string;
  /** The control plane, as it reaches it; several URLs are separated by commas. With `ticket` its ticket. */
  readonly controlPlaneUrl: string;
  /** The Flawless server that runs its jobs, as it reaches it; those of several nodes are separated by commas. With `ticket` the control plane's ticket. */
  readonly flawlessUrl: string;
}

/** The PostgreSQL of a cluster. */
export interface ClusterDatabase extends ClusterMember {
  /** Where this process reaches it, its user and password included. */
  readonly url: string;
}
