import { badge, cell, type Html, html, type Tone } from "@flawless-ts/http-service/pages";
import { fromPublicId } from "../../workflow/workflow-id.ts";
import { spanText } from "../../history-text/span-text.ts";
import { spanWords } from "../../history-text/span-words.ts";
import { onOneLine } from "../../history-text/one-line.ts";
import { brief, exactTime, workflowLink, workflowPath } from "../workflow-parts.ts";
import type { TimeAxis } from "./time-axis.ts";
import { timelineBar } from "./timeline-bar.ts";
import type { TimelineRow } from "./timeline-rows.ts";
import type { ValueBudget } from "./value-budget.ts";

/** The columns of a timeline. */
export const timelineColumns: readonly string[] = [
  "Step",
  "What happened",
  "After",
  "Took",
  "When",
];

const maxOutcomeLength = 100;
const maxAttempts = 20;

/** What the rows of one page share. */
export interface TimelinePage {
  readonly id: string;
  /** When the workflow was started, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly axis: TimeAxis;
  readonly budget: ValueBudget;
}

/** A line of a timeline, as a table row with {@link timelineColumns}. */
export function timelineRow(row: TimelineRow, page: TimelinePage): Html {
  const { step, words, from, to } = row;
  const tone = toneOf(row);
  const path = `${workflowPath(page.id)}/steps/${step}`;
  return html`<tr data-key="step-${step}" role="row" class="step k-${words.kind} ${tone}">
    <th scope="row" role="rowheader"><a href="${path}" aria-label="Step ${step}">${step}</a></th>
    ${cell("What happened", html`<div class="what">${folded(row, page, path)} ${link(words.workflow)}</div>`)}
    ${cell("After", exactTime(page.startedAt, from))}
    ${cell("Took", to === null ? badge("waits", "active") : spanText(Math.max(0, to - from)))}
    ${cell("When", timelineBar(row, tone, page.axis))}
  </tr>`;
}

/** The labels of the axis, above the bars. */
export function axisLabels({ start, length }: TimeAxis, startedAt: number): Html {
  const before = Math.max(0, start - startedAt);
  return html`<span data-key="one" class="axis"
    ><span>${before === 0 ? "start" : spanText(before)}</span>
    <span>+ ${spanWords(length)}</span></span
  >`;
}

function folded(row: TimelineRow, page: TimelinePage, path: string): Html {
  const { words, values, failures, resultStep } = row;
  const attempt = failures.length === 0 ? null : html` <b>attempt ${failures.length + 1}</b>`;
  const outcome =
    words.outcome === ""
      ? null
      : html` <span class="outcome">→ ${onOneLine(words.outcome, maxOutcomeLength)}</span>`;
  const line = html`${brief(words.what)}${attempt}${outcome}`;
  if (values.length === 0 && failures.length === 0) {
    return html`<div class="line">${line}</div>`;
  }
  const attempts = failures
    .slice(-maxAttempts)
    .map(
      ({ at, error }, index) =>
        html`<li>
          Attempt ${Math.max(0, failures.length - maxAttempts) + index + 1} failed after
          ${spanText(Math.max(0, Date.parse(at) - row.from))}: ${brief(error)}
        </li>`,
    );
  return html`<details>
    <summary class="line">${line}</summary>
    ${
      attempts.length === 0
        ? null
        : html`<ul>
            ${attempts}
          </ul>`
    }
    ${values.map((value) => page.budget.render(value, path))}
    ${
      resultStep === null
        ? null
        : html`<p>
            Its result came in
            <a href="${workflowPath(page.id)}/steps/${resultStep}">step ${resultStep}</a>.
          </p>`
    }
  </details>`;
}

function link(id: string | null): Html | null {
  return id === null || fromPublicId(id) === undefined ? null : workflowLink(id);
}

function toneOf({ words, to }: TimelineRow): Tone {
  return to === null ? "active" : words.isBad ? "bad" : "quiet";
}
