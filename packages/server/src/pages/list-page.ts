import {
  connectionStatus,
  type Html,
  html,
  piecesOf,
  renderPage,
  tableHead,
} from "@flawless-ts/http-service/pages";
import type { ModuleSummary } from "../engine/index.ts";
import { listAddress, type ListQuery } from "./list-query.ts";
import { type ListRegions, workflowColumns } from "./list-regions.ts";
import { site } from "./site.ts";
import { workflowStates, workflowStatuses } from "./workflow-parts.ts";

/** The max number of modules and workflows to choose from. */
const maxChoices = 500;

/** The page that lists workflows. */
export function listPage(
  query: ListQuery,
  regions: ListRegions,
  modules: readonly ModuleSummary[],
  now: number,
): Html {
  const address = listAddress("/", query);
  return renderPage(
    {
      title: "Workflows",
      path: address,
      now,
      events: listAddress("/events/workflows", query),
      header: html`<h1>Workflows</h1>
        <p><a href="/start">Start a workflow</a></p>
        ${connectionStatus(address, now)}`,
      main: html`<section aria-label="Workflows by state">
          <dl class="tiles" data-region="counts">${piecesOf(regions, "counts")}</dl>
        </section>
        ${filterForm(query, modules)}
        <section aria-label="Workflows">
          <table role="table" aria-label="Workflows" class="workflows">
            ${tableHead(workflowColumns)}
            <tbody role="rowgroup" data-region="workflows">
              ${piecesOf(regions, "workflows")}
            </tbody>
          </table>
          <div class="pager" data-region="pager">${piecesOf(regions, "pager")}</div>
        </section>`,
    },
    site,
  );
}

function filterForm(query: ListQuery, modules: readonly ModuleSummary[]): Html {
  const names = [...new Set(modules.map(({ name }) => name))];
  const versions = modules.map(({ name, version }) => `${name}:${version}`);
  const several = names.filter(
    (name) => modules.filter((module) => module.name === name).length > 1,
  );
  const choices = [...new Set([...several, ...versions, query.module])].filter(
    (choice) => choice !== "",
  );
  const workflows = [...new Set(modules.flatMap((module) => module.workflows))];
  return html`<section aria-label="Search">
    <form class="filter" method="get" action="/" role="search">
      <div>
        <label for="search">Workflow or id</label>
        <input
          id="search"
          name="find"
          type="search"
          list="known-workflows"
          value="${query.find === "" ? query.workflow : query.find}"
          placeholder="name, or wkf_…"
          maxlength="512"
          autocomplete="off"
          spellcheck="false"
        />
        <datalist id="known-workflows">
          ${workflows.slice(0, maxChoices).map((name) => html`<option value="${name}"></option>`)}
        </datalist>
      </div>
      <div>
        <label for="module">Module</label>
        <select id="module" name="module">
          <option value="">All</option>
          ${choices
            .slice(0, maxChoices)
            .map((choice) => option(choice, choice, query.module === choice))}
        </select>
      </div>
      <div>
        <label for="status">State</label>
        <select id="status" name="status">
          <option value="">All</option>
          ${workflowStatuses.map((status) =>
            option(status, workflowStates[status].text, query.status === status),
          )}
        </select>
      </div>
      <button type="submit">Search</button>
      ${moreConditions(query)}
    </form>
  </section>`;
}

/** Less common conditions; expanded if one of them is in use. */
function moreConditions(query: ListQuery): Html {
  const entry = (name: MoreField, label: string, hint: string): Html =>
    html`<div>
      <label for="${name}">${label} <small>${hint}</small></label>
      <input
        id="${name}"
        name="${name}"
        value="${query[name]}"
        maxlength="512"
        autocomplete="off"
        spellcheck="false"
      />
    </div>`;
  const content = html`<summary>More conditions</summary>
    <div class="conditions">
      ${entry("label", "Label", "key=value")} ${entry("key", "Idempotency key", "its beginning")}
      ${entry("from", "Started from", "2026-01-31, or with a time, in UTC")}
      ${entry("before", "Started before", "likewise")}
      ${entry("input", "Text in the input", "slow: 10,000 workflows at a time")}
    </div>`;
  return moreFields.some((field) => query[field] !== "")
    ? html`<details class="more-conditions" open>${content}</details>`
    : html`<details class="more-conditions">${content}</details>`;
}

const moreFields = ["label", "key", "from", "before", "input"] as const;
type MoreField = (typeof moreFields)[number];

function option(value: string, text: string, chosen: boolean): Html {
  return chosen
    ? html`<option value="${value}" selected>${text}</option>`
    : html`<option value="${value}">${text}</option>`;
}
