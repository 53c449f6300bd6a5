import { setTimeout as sleep } from "node:timers/promises";
import { NodeProcess } from "./node-process.ts";

const askEveryMs = 50;

/** Starts nodes on one database; resolves once each has its share of the partitions. */
export async function startNodes(
  url: string,
  count: number,
  lease: string,
  options: readonly string[] = [],
): Promise<readonly NodeProcess[]> {
  const nodes: NodeProcess[] = [];
  for (let node = 0; node < count; node += 1) {
    nodes.push(await NodeProcess.start(`node-${node}`, url, lease, options));
  }
  await untilShared(nodes);
  return nodes;
}

/** Resolves once each of the nodes has its share. */
export async function untilShared(nodes: readonly NodeProcess[]): Promise<void> {
  for (;;) {
    const answer = await fetch(`${nodes[0]?.url}/api/cluster`);
    const { ok } = (await answer.json()) as {
      readonly ok: {
        readonly nodes: readonly { readonly partitions: number }[];
        readonly partitions: readonly { readonly owner: string | null }[];
      };
    };
    const most = Math.ceil(ok.partitions.length / nodes.length);
    if (
      ok.partitions.every(({ owner }) => owner !== null) &&
      ok.nodes.every(({ partitions }) => partitions <= most)
    ) {
      return;
    }
    await sleep(askEveryMs);
  }
}
