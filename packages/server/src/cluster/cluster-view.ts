import type { ClusterNode } from "./cluster-node.ts";
import { isAlive } from "./fair-share.ts";

/** What a node knows about its cluster. */
export interface ClusterView {
  readonly node: string;
  readonly leaseMs: number;
  readonly nodes: readonly {
    readonly id: string;
    readonly url: string;
    readonly startedAt: string;
    readonly silentMs: number;
    readonly alive: boolean;
    readonly partitions: number;
  }[];
  readonly databases: readonly {
    readonly name: string;
    readonly lagMs: number;
    readonly failure: string | null;
  }[];
  readonly partitions: readonly {
    readonly partition: number;
    readonly database: number;
    readonly owner: string | null;
    readonly epoch: number;
    readonly leaseMs: number | null;
  }[];
}

/** @param databases their names, in order */
export function clusterView(node: ClusterNode, databases: readonly string[]): ClusterView {
  const { sights, leaseMs } = node;
  const partitions = sights
    .flatMap((sight, database) =>
      sight.partitions.map((row) => ({
        ...row,
        database,
        leaseMs: row.leaseMs === null ? null : Math.round(row.leaseMs - sight.lagMs),
      })),
    )
    .toSorted((one, other) => one.partition - other.partition);
  const nodes = new Map(
    sights.flatMap(({ nodes: seen, lagMs }) =>
      seen.map((row) => [row.id, { ...row, silentMs: Math.round(row.silentMs + lagMs) }] as const),
    ),
  );
  return {
    node: node.id,
    leaseMs,
    nodes: [...nodes.values()].map(({ id, url, startedAt, silentMs }) => ({
      id,
      url,
      startedAt: new Date(startedAt).toISOString(),
      silentMs,
      alive: isAlive({ silentMs }, leaseMs),
      partitions: partitions.filter(({ owner }) => owner === id).length,
    })),
    databases: sights.map(({ lagMs, failure }, index) => ({
      name: databases[index] ?? "",
      lagMs: Math.round(lagMs),
      failure,
    })),
    partitions,
  };
}
