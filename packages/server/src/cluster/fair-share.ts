import type { NodeRow, PartitionRow } from "../store/postgres/index.ts";

/** What a node should do about the partitions of one database. */
export interface Plan {
  /** Which it may try to claim, and how many of them at most. */
  readonly free: readonly number[];
  readonly claim: number;
  /** How many it should give back. */
  readonly giveBack: number;
}

/** What a node sees of a database. */
export interface Sight {
  readonly nodes: readonly NodeRow[];
  readonly partitions: readonly PartitionRow[];
}

/** Whether a node gave a sign of life within a lease. */
export function isAlive({ silentMs }: Pick<NodeRow, "silentMs">, leaseMs: number): boolean {
  return silentMs < leaseMs;
}

/** Whether a partition may be claimed by a node that does not run it. */
export function isFree({ owner, leaseMs }: PartitionRow, node: string): boolean {
  return owner === null || owner === node || (leaseMs ?? 0) < 0;
}

/**
 * Each node that lives takes as many partitions as all would have if they were dealt out evenly, rounded up.
 *
 * @param owned which the node runs, or is about to close
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
