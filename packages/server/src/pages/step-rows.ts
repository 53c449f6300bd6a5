import { badge, cell, count, type Html, html, type Tone } from "@flawless-ts/http-service/pages";
import { fromPublicId } from "../workflow/workflow-id.ts";
import type { HistoryStep } from "../engine/index.ts";
import { answerText, callText } from "../history-text/step-text.ts";
import { spanText } from "../history-text/span-text.ts";
import { prettyJson } from "./pretty-json.ts";
import { stepValues, type StepValue } from "./step-values.ts";
import { brief, workflowLink, workflowPath } from "./workflow-parts.ts";

/** How many characters of values a page shows. */
export interface ValueLimits {
  /** Of one value; more is cut. */
  readonly value: number;
  /** Of all values of a page together; those beyond are cut to almost nothing. */
  readonly page: number;
}

/** The columns of a table of steps. */
export const stepColumns: readonly string[] = ["Step", "After", "Took", "Call", "Answer"];

const minShown = 100;

/** Renders steps of one workflow, as many values of them as a page may show. */
export class StepRows {
  readonly #workflow: { readonly id: string; readonly createdAt: string };
  readonly #limits: ValueLimits;
  readonly #open: boolean;
  #left: number;

  /** @param open whether values are unfolded */
  constructor(
    workflow: { readonly id: string; readonly createdAt: string },
    limits: ValueLimits,
    open: boolean,
  ) {
    this.#workflow = workflow;
    this.#limits = limits;
    this.#open = open;
    this.#left = limits.page;
  }

  /** A step as a row of a table with {@link stepColumns}. */
  row(step: HistoryStep): Html {
    const { call, answer, at, answeredAt } = step;
    const [kind = "", ...words] = callText(call.slice(0, 100_000)).split(" ");
    const said = answer === null ? "" : brief(answerText(call, answer));
    return html`<tr data-key="step-${step.step}" role="row" class="step ${toneOf(step)}">
      <th scope="row" role="rowheader">
        <a href="${workflowPath(this.#workflow.id)}/steps/${step.step}">${step.step}</a>
      </th>
      ${cell("After", exactTime(this.#workflow.createdAt, at))}
      ${cell(
        "Took",
        answeredAt === null
          ? badge("waits", "active")
          : spanText(Math.max(0, Date.parse(answeredAt) - Date.parse(at))),
      )}
      ${cell(
        "Call",
        html`<strong>${brief(kind)}</strong> ${brief(words.join(" "))}
          ${stepValues(step).map((value) => this.#value(step.step, value))}`,
      )}
      ${cell("Answer", fromPublicId(said) === undefined ? said : workflowLink(said))}
    </tr>`;
  }

  #value(step: number, { title, text }: StepValue): Html {
    const shownLength = Math.min(this.#limits.value, Math.max(minShown, this.#left));
    const isCut = text.length > shownLength;
    this.#left -= Math.min(text.length, shownLength);
    // Cut JSON is none any more.
    const shown = isCut ? text.slice(0, shownLength) : prettyJson(text);
    const more = isCut
      ? html`<p>
          The first ${count(shownLength)} of ${count(text.length)} characters.
          <a href="${workflowPath(this.#workflow.id)}/steps/${step}">More of it</a>
        </p>`
      : null;
    const body = html`<summary>${title}</summary>
      <pre>${shown}</pre>
      ${more}`;
    return this.#open ? html`<details open>${body}</details>` : html`<details>${body}</details>`;
  }
}

/** When something happened: how long after the start, and the exact time to point at. */
function exactTime(start: string, at: string): Html {
  const after = spanText(Math.max(0, Date.parse(at) - Date.parse(start)));
  return html`<time datetime="${at}" title="${at}" data-exact>${after}</time>`;
}

function toneOf({ call, answer }: HistoryStep): Tone {
  if (answer === null) {
    return "active";
  }
  const isBad =
    call.startsWith('{"Log":{"Error"') ||
    answer.startsWith('{"HTTPResponse":{"Err"') ||
    answer === '"Timeout"';
  return isBad ? "bad" : "quiet";
}
