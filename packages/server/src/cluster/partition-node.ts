import type { ClusterNode } from "./cluster-node.ts";

/** A node as its API sees it: which partitions it runs, and which nodes run the others. */
export type PartitionNode = Pick<
  ClusterNode,
  | "id"
  | "isFixed"
  | "partitions"
  | "leaseMs"
  | "open"
  | "partition"
  | "otherOwnerOf"
  | "epochOf"
  | "others"
  | "health"
  | "all"
  | "takesStarts"
  | "nextForStart"
  | "changed"
  | "onChange"
>;
