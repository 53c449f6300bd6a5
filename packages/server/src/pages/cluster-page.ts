import {
  cell,
  count,
  type Html,
  html,
  renderPage,
  tableHead,
} from "@flawless-ts/http-service/pages";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { spanText } from "../history-text/span-text.ts";
import { site } from "./site.ts";
import { age, brief } from "./workflow-parts.ts";

const nodeColumns: readonly string[] = ["Node", "State", "Partitions", "Address", "Started"];
const partitionColumns: readonly string[] = ["Partition", "Node", "Lease", "Epoch", "Database"];

/** The page that shows the nodes of a cluster, and which node runs which partition. */
export function clusterPage(view: ClusterView, now: number): Html {
  const living = view.nodes.filter(({ alive }) => alive).length;
  return renderPage(
    {
      title: "Cluster",
      path: "/cluster",
      now,
      events: null,
      header: html`<h1 id="title">Cluster</h1>
        <p>
          ${count(living)} of ${count(view.nodes.length)} nodes live. This one is
          ${brief(view.node)}.
        </p>`,
      main: html`<section aria-label="Nodes">
          <table role="table" aria-label="Nodes" class="nodes">
            ${tableHead(nodeColumns)}
            <tbody role="rowgroup">
              ${view.nodes.map(nodeRow)}
            </tbody>
          </table>
        </section>
        <section aria-label="Databases">
          <ul class="names">
            ${view.databases.map(
              ({ name, lagMs, failure }) =>
                html`<li>
                  ${brief(name)}
                  <small>${failure === null ? `seen ${spanText(lagMs)} ago` : failure}</small>
                </li>`,
            )}
          </ul>
        </section>
        <section aria-label="Partitions">
          <table role="table" aria-label="Partitions" class="partitions">
            ${tableHead(partitionColumns)}
            <tbody role="rowgroup">
              ${view.partitions.map(partitionRow)}
            </tbody>
          </table>
        </section>`,
    },
    site,
  );
}

function nodeRow(node: ClusterView["nodes"][number]): Html {
  return html`<tr role="row" class="node">
    <th scope="row" role="rowheader">${brief(node.id)}</th>
    ${cell("State", html`${node.alive ? "lives" : `silent for ${spanText(node.silentMs)}`}`)}
    ${cell("Partitions", count(node.partitions))} ${cell("Address", brief(node.url))}
    ${cell("Started", age(node.startedAt))}
  </tr>`;
}

function partitionRow(row: ClusterView["partitions"][number]): Html {
  const lease = row.leaseMs === null ? "none" : row.leaseMs < 0 ? "over" : spanText(row.leaseMs);
  return html`<tr role="row" class="partition">
    <th scope="row" role="rowheader">${count(row.partition)}</th>
    ${cell("Node", row.owner === null ? html`<span class="none">none</span>` : brief(row.owner))}
    ${cell("Lease", html`${lease}`)} ${cell("Epoch", count(row.epoch))}
    ${cell("Database", count(row.database + 1))}
  </tr>`;
}
