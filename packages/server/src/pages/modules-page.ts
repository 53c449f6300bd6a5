import {
  cell,
  count,
  emptyRow,
  type Html,
  html,
  renderPage,
  tableHead,
} from "@flawless-ts/http-service/pages";
import type { ModuleSummary } from "../engine/index.ts";
import { listAddress } from "./list-query.ts";
import { site } from "./site.ts";
import { startAddress } from "./start-address.ts";
import { age, brief } from "./workflow-parts.ts";

const columns: readonly string[] = ["Module", "Version", "Workflows", "Deployed", "Bytes"];
const maxModules = 500;
const maxWorkflows = 100;

/** The page that lists the deployed modules, newest first. */
export function modulesPage(modules: readonly ModuleSummary[], now: number): Html {
  const newest = modules.toReversed().slice(0, maxModules);
  const rows =
    newest.length === 0
      ? [
          emptyRow(
            columns.length,
            "No module is deployed yet. `flawless deploy FILE.wasm` does that.",
          ),
        ]
      : newest.map(row);
  const shown =
    modules.length > newest.length
      ? `The newest ${count(newest.length)} of ${count(modules.length)}.`
      : `${count(modules.length)} in all.`;
  return renderPage(
    {
      title: "Modules",
      path: "/modules",
      now,
      events: null,
      header: html`<h1 id="title">Modules</h1>
        <p>${shown}</p>`,
      main: html`<section aria-labelledby="title">
        <table role="table" aria-labelledby="title" class="modules">
          ${tableHead(columns)}
          <tbody role="rowgroup">
            ${rows}
          </tbody>
        </table>
      </section>`,
    },
    site,
  );
}

function row({ name, version, workflows, deployedAt, sizeBytes, hash }: ModuleSummary): Html {
  const module = `${name}:${version}`;
  const links = workflows.slice(0, maxWorkflows).map(
    (workflow) =>
      html`<li>
        <a href="${listAddress("/", { module, workflow })}">${brief(workflow)}</a>
        <a
          href="${startAddress({ module: name, version, workflow })}"
          class="start"
          aria-label="Start ${brief(workflow)} of ${brief(name)} ${brief(version)}"
          >start</a
        >
      </li>`,
  );
  const left = workflows.length - links.length;
  return html`<tr role="row" class="module">
    <th scope="row" role="rowheader">
      <a href="${listAddress("/", { module })}">${brief(name)}</a>
    </th>
    ${cell("Version", brief(version))}
    ${cell(
      "Workflows",
      html`<ul class="names">
        ${links} ${left > 0 ? html`<li>and ${count(left)} more</li>` : null}
      </ul>`,
    )}
    ${cell("Deployed", age(deployedAt))}
    ${cell("Bytes", html`${count(sizeBytes)} <small><code>${hash.slice(0, 12)}</code></small>`)}
  </tr>`;
}
