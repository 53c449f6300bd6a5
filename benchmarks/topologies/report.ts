import type { Machine } from "../measure/machine.ts";
import { formatNumber } from "../report/numbers.ts";
import { median } from "../report/statistics.ts";
import { formatTable } from "../report/table.ts";
import type { TopologiesPlan, TopologiesResult } from "./plan.ts";

/** This project's aims, in milliseconds. */
const aims = { "shared-flawless": 6_000 } as const;
/** The original's container: about 8 s (according to its own description). */
const originalMs = 8_000;

const seconds = (values: readonly number[]): string => `${formatNumber(median(values) / 1_000)} s`;
const range = (values: readonly number[]): string =>
  [Math.min(...values), Math.max(...values)]
    .map((value) => formatNumber(value / 1_000))
    .join(" to ");

/** The time until a cluster is ready, with a row for each topology. */
export function formatClusters({ clusters }: TopologiesResult, { nodes }: TopologiesPlan): string {
  return formatTable(
    [
      { head: "topology", align: "left" },
      { head: "nodes, workers", align: "left" },
      { head: "ready, median", align: "right" },
      { head: "lowest to highest, s", align: "right" },
      { head: "removed, median", align: "right" },
      { head: "aim", align: "right" },
    ],
    clusters.map(({ topology, workers, starts }) => {
      const ready = starts.map(({ readyMs }) => readyMs);
      const aim = topology in aims ? aims[topology as keyof typeof aims] : null;
      return [
        topology,
        `${nodes}, ${workers}`,
        seconds(ready),
        range(ready),
        seconds(starts.map(({ removedMs }) => removedMs)),
        aim === null ? "-" : `${aim / 1_000} s`,
      ];
    }),
  );
}

/** The time until a container is ready, with a row for each kind. */
export function formatContainers({ containers }: TopologiesResult): string {
  return formatTable(
    [
      { head: "container", align: "left" },
      { head: "ready, median", align: "right" },
      { head: "lowest to highest, s", align: "right" },
      { head: "Docker's share", align: "right" },
      { head: "the original's", align: "right" },
    ],
    containers.map(({ kind, starts }) => {
      const total = starts.map(({ totalMs }) => totalMs);
      const docker = starts.map(({ dockerMs }) => dockerMs);
      const original = kind.startsWith("node") ? `about ${originalMs / 1_000} s` : "-";
      return [kind, seconds(total), range(total), seconds(docker), original];
    }),
  );
}

/** The whole document. */
export function formatTopologiesDocument(
  result: TopologiesResult,
  plan: TopologiesPlan,
  machine: Machine,
  otherLoad: number,
): string {
  const date = new Date().toISOString().slice(0, 10);
  const megabytes = formatNumber(result.image.bytes / 1e6);
  return `# Time to a ready cluster

<!-- Written by \`npm run bench:topologies\`: run it again instead of editing this file. -->

From the call of \`Cluster.start\` until every member has answered a real request; the image was built before.

${formatClusters(result, plan)}

Each container alone, from \`start()\` until the service in it has answered; Docker's share is the time until the
container's first process ran.

${formatContainers(result)}

The image has ${megabytes} MB, for all roles: Node.js, the system's libraries that it needs, the packages, and what
V8 has compiled of them.

Measured on ${date}: ${machine.processor}, ${machine.cores} cores, Node.js ${machine.node}, Docker ${result.dockerVersion},
${machine.filesystem}; medians of ${plan.rounds} rounds after one that does not count. When it began, other processes kept
${formatNumber(otherLoad)} processes busy or waiting (the load average of the minute before).

- The original's time is what its own description says of \`mvm-ci-cluster:latest\`, which has Flawless and the control
  plane in one container, like a node here; it was not measured on this machine.
- A node deploys the module \`flawless-ts-crawler\` 0.1.8 before it is ready, a worker when its control plane knows it.
- exposed-port starts its workers as processes of the host; in-process starts no container at all.
- Several nodes need a PostgreSQL, which is started first. In flawless-cluster the Flawless servers wait for it, too.
- In ticket a worker starts once its node has told its ticket; the image has \`@flawless-ts/iroh\` in it, here for all topologies.
`;
}
