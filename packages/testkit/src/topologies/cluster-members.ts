import type { ControlPlane, Flawless } from "@flawless-ts/sdk";

/** A part of a cluster that can be stopped and cut off: a container, a process, or a part of this process. */
export interface ClusterMember {
  /** Such as `mvm-ci-node1`, `worker1`, `flawless` or `postgres`. */
  readonly name: string;
}

/** A node of a cluster. */
export interface ClusterNode extends ClusterMember {
  /** Its id at the control plane. */
  readonly id: string;
  /** The URL of its control plane, as this process reaches it. */
  readonly url: string;
  /** A client of its control plane; it is closed with the cluster. */
  readonly controlPlane: ControlPlane;
  /** The URL of the Flawless server that it watches, as this process reaches it. */
  readonly flawlessUrl: string;
  /** A client of that server; it is closed with the cluster. */
  readonly flawless: Flawless;
  /** The member that runs that server, to stop or kill: this node, or the member that runs it for all nodes. */
  readonly flawlessMember: ClusterMember;
}

/** A worker of a cluster. */
export interface ClusterWorker extends ClusterMember {
  /** Its id at the control plane. */
  readonly id: string;
  /** The member whose container it is in: with `same-container` its node, otherwise itself. */
  readonly name: string;
  /** The control plane's URL, as the worker reaches it; several are separated by commas. With `ticket`, its ticket. */
  readonly controlPlaneUrl: string;
  /**
   * The URL of the Flawless server that runs its jobs, as the worker reaches it; several nodes' URLs are separated by
   * commas. With `ticket`, the control plane's ticket.
   */
  readonly flawlessUrl: string;
}

/** The PostgreSQL of a cluster. */
export interface ClusterDatabase extends ClusterMember {
  /** Its URL, as this process reaches it, including user and password. */
  readonly url: string;
}
