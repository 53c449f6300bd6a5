import {
  connectionStatus,
  type Html,
  html,
  piecesOf,
  renderPage,
} from "@flawless-ts/http-service/pages";
import { site } from "./site.ts";
import { timelineColumns } from "./timeline/timeline-table.ts";
import { workflowPath } from "./workflow-parts.ts";
import type { WorkflowRegions } from "./workflow-regions.ts";

/** The page of a workflow. `first`: the first step that it shows; null for the last steps. */
export function workflowPage(
  id: string,
  first: number | null,
  regions: WorkflowRegions,
  now: number,
): Html {
  const query = first === null ? "" : `?from=${first}`;
  const path = `${workflowPath(id)}${query}`;
  return renderPage(
    {
      title: `Workflow ${id}`,
      path,
      now,
      events: `/events${path}`,
      header: html`<h1 data-region="state">${piecesOf(regions, "state")}</h1>
        ${connectionStatus(path, now)}
        <nav class="on-page" aria-label="On this page">
          <ul>
            <li><a href="#actions">Actions</a></li>
            <li><a href="#steps">Timeline</a></li>
            <li><a href="#log">Log</a></li>
            <li>
              <a
                href="/api/workflows/${encodeURIComponent(id)}/history"
                download="${id}.history.json"
                >Download the history</a
              >
            </li>
          </ul>
        </nav>`,
      main: html`<section aria-label="Facts">
          <dl class="facts" data-region="facts">${piecesOf(regions, "facts")}</dl>
        </section>
        <div data-region="error">${piecesOf(regions, "error")}</div>
        <section aria-label="Values" class="values" data-region="values">
          ${piecesOf(regions, "values")}
        </section>
        <section id="actions" aria-label="Actions" data-region="actions">
          ${piecesOf(regions, "actions")}
        </section>
        <section aria-label="Family" class="family" data-region="family">
          ${piecesOf(regions, "family")}
        </section>
        <section aria-labelledby="steps">
          <div class="heading">
            <h2 id="steps">Timeline</h2>
            <div class="pager" data-region="step-pager">${piecesOf(regions, "step-pager")}</div>
          </div>
          ${timeline(regions)}
        </section>
        <section aria-labelledby="log">
          <h2 id="log">Log</h2>
          <ol class="log" data-region="log">
            ${piecesOf(regions, "log")}
          </ol>
        </section> `,
    },
    site,
  );
}

/** The steps, one line each. The checkbox is outside the live regions, so that updates don't reset it. */
function timeline(regions: WorkflowRegions): Html {
  const heads = timelineColumns.map((title) =>
    title === "When"
      ? html`<th scope="col" role="columnheader" aria-label="When" data-region="axis">
          ${piecesOf(regions, "axis")}
        </th>`
      : html`<th scope="col" role="columnheader">${title}</th>`,
  );
  return html`<p class="choice">
      <input type="checkbox" id="small-steps" />
      <label for="small-steps">Also reads of the clock, random numbers and the input</label>
    </p>
    <table role="table" aria-labelledby="steps" class="steps">
      <thead role="rowgroup">
        <tr role="row">
          ${heads}
        </tr>
      </thead>
      <tbody role="rowgroup" data-region="steps">
        ${piecesOf(regions, "steps")}
      </tbody>
    </table>`;
}
