import {
  connectionStatus,
  type Html,
  html,
  piecesOf,
  renderPage,
  tableHead,
} from "@flawless-ts/http-service/pages";
import type { HistoryStep, WorkflowInfo } from "../engine/index.ts";
import { pageAssets, pageLinks } from "./page-files.ts";
import { stepColumns, StepRows } from "./step-rows.ts";
import { workflowLink, workflowPath } from "./workflow-parts.ts";
import type { WorkflowRegions } from "./workflow-regions.ts";

/** Of one value on a page of its own, in characters. The API has all of it. */
const wholeValue = 1_000_000;

/** The page of one workflow. `first`: the first step that it shows; null for the last ones. */
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
      links: pageLinks,
      now,
      events: `/events${path}`,
      header: html`<h1>
          <span class="node">Workflow</span> ${id}
          <span data-region="state">${piecesOf(regions, "state")}</span>
        </h1>
        ${connectionStatus(path, now)}`,
      main: html`<section aria-label="Facts">
          <dl class="facts" data-region="facts">${piecesOf(regions, "facts")}</dl>
        </section>
        <div data-region="error">${piecesOf(regions, "error")}</div>
        <section aria-label="Values" class="values" data-region="values">
          ${piecesOf(regions, "values")}
        </section>
        <section aria-labelledby="steps">
          <div class="heading">
            <h2 id="steps">Steps</h2>
            <div class="pager" data-region="step-pager">${piecesOf(regions, "step-pager")}</div>
          </div>
          ${stepTable("steps", html`${piecesOf(regions, "steps")}`)}
        </section>
        <section aria-label="Actions" data-region="actions">
          ${piecesOf(regions, "actions")}
        </section>`,
    },
    pageAssets,
  );
}

/** The page of one step, with its values unfolded. */
export function stepPage(workflow: WorkflowInfo, step: HistoryStep, now: number): Html {
  const { id } = workflow;
  const rows = new StepRows(workflow, { value: wholeValue, page: 2 * wholeValue }, true);
  return renderPage(
    {
      title: `Step ${step.step} of ${id}`,
      path: `${workflowPath(id)}/steps/${step.step}`,
      links: pageLinks,
      now,
      events: null,
      header: html`<h1 id="title">
        Step ${step.step} <span class="node">of ${workflowLink(id)}</span>
      </h1>`,
      main: html`<section aria-labelledby="title">
        ${stepTable("title", rows.row(step))}
        <p class="more">
          <a href="/api/workflows/${encodeURIComponent(id)}/journal">The journal as JSON</a>
        </p>
      </section>`,
    },
    pageAssets,
  );
}

function stepTable(title: string, rows: Html): Html {
  return html`<table role="table" aria-labelledby="${title}" class="steps">
    ${tableHead(stepColumns)}
    <tbody role="rowgroup" data-region="steps">
      ${rows}
    </tbody>
  </table>`;
}
