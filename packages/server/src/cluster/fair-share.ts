import type { NodeRow, PartitionRow } from "../store/postgres/index.ts";

/** What a node should do with the partitions of one database. */
export interface Plan {
  /** The partitions that it may claim, and the max number to claim. */
  readonly free: readonly number[];
  readonly claim: number;
  /** The number to give back. */
  readonly giveBack: number;
}

/** What a node sees of a database. */
export interface Sight {
  readonly nodes: readonly NodeRow[];
  readonly partitions: readonly PartitionRow[];
}

/** Whether a node sent a heartbeat within a lease. */
export function isAlive({ silentMs }: Pick<NodeRow, "silentMs">, leaseMs: number): boolean {
  return silentMs < leaseMs;
}

/** Whether a node that doesn't run a partition may claim it. */
export function isFree({ owner, leaseMs }: PartitionRow, node: string): boolean {
  return owner === null || owner === node || (leaseMs ?? 0) < 0;
}

/**
 * Each live node takes an equal share of the partitions, rounded up.
 *
 * @param owned the partitions that the node runs, or is closing
 */
export function planOf(
  { nodes, partitions }: Sight,
  node: string,
  owned: ReadonlySet<number>,
  leaseMs: number,
): Plan {
  const others = nodes.filter((other) => other.id !== node && isAlive(other, leaseMs)).length;
  const share = Math.ceil(partitions.length / (others + 1));
  const free = partitions
    .filter((row) => isFree(row, node) && !owned.has(row.partition))
    .map(({ partition }) => partition);
  return {
    free,
    claim: Math.max(0, share - owned.size),
    giveBack: Math.max(0, owned.size - share),
  };
}
