import { type Html, html, renderPage } from "@flawless-ts/http-service/pages";
import type { WorkflowHistoryPage, WorkflowInfo } from "../engine/index.ts";
import { spanText } from "../history-text/span-text.ts";
import { site } from "./site.ts";
import { toTimeline } from "./timeline/timeline-rows.ts";
import { ValueBudget } from "./timeline/value-budget.ts";
import { brief, exactTime, workflowLink, workflowPath } from "./workflow-parts.ts";

/** The max characters of a value. The API returns all of it. */
const wholeValue = 1_000_000;

/** The page of one step, with its values expanded. Null if the history page has no steps. */
export function stepPage(
  workflow: WorkflowInfo,
  history: WorkflowHistoryPage,
  now: number,
): Html | null {
  const { id, createdAt, endedAt } = workflow;
  const { rows, log } = toTimeline(history, endedAt === null ? null : Date.parse(endedAt));
  const [row] = [...rows, ...log];
  if (row === undefined) {
    return null;
  }
  const { step, words, from, to, values } = row;
  const path = workflowPath(id);
  const budget = new ValueBudget({ value: wholeValue, page: 2 * wholeValue });
  const link = (to: number, text: string): Html => html`<a href="${path}/steps/${to}">${text}</a>`;
  return renderPage(
    {
      title: `Step ${step} of ${id}`,
      path: `${path}/steps/${step}`,
      now,
      events: null,
      header: html`<h1 id="title">Step ${step} <span class="node">of ${workflowLink(id)}</span></h1>
        <p class="pages">
          ${step > 1 ? link(step - 1, "The step before") : null}
          ${step < history.total ? link(step + 1, "The next step") : null}
          <a href="${path}?from=${Math.max(1, step - 10)}#steps">In the timeline</a>
          <a href="/api/workflows/${encodeURIComponent(id)}/journal">The journal as JSON</a>
        </p>`,
      main: html`<section aria-label="The step">
        <p class="${words.isBad ? "reason" : "said"}">
          ${words.level === undefined ? null : html`<b>${words.level}</b> `}${brief(words.what)}
          ${words.outcome === "" ? null : html`<span class="outcome">→ ${brief(words.outcome)}</span>`}
        </p>
        <p>
          After ${exactTime(Date.parse(createdAt), from)},
          ${to === null ? "and it goes on." : `took ${spanText(Math.max(0, to - from))}.`}
        </p>
        ${values.length === 0 ? null : html`<h2>Values</h2>`}
        <div class="value">${values.map((value) => budget.render(value, path))}</div>
      </section>`,
    },
    site,
  );
}
