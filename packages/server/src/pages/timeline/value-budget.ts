import { count, type Html, html } from "@flawless-ts/http-service/pages";
import { prettyJson } from "../pretty-json.ts";
import type { StepValue } from "./step-values.ts";

/** How many characters of values a page shows at most. */
export interface ValueLimits {
  /** For one value; the rest is cut. */
  readonly value: number;
  /** For all values of a page together; values beyond are cut to a few characters. */
  readonly page: number;
}

const minShown = 100;

/** Renders values as text, within a page's limits. */
export class ValueBudget {
  readonly #limits: ValueLimits;
  #left: number;

  constructor(limits: ValueLimits) {
    this.#limits = limits;
    this.#left = limits.page;
  }

  /** @param more the address of the whole value */
  render({ title, text }: StepValue, more: string): Html {
    const shownLength = Math.min(this.#limits.value, Math.max(minShown, this.#left));
    const isCut = text.length > shownLength;
    this.#left -= Math.min(text.length, shownLength);
    // Cut JSON is no longer valid JSON.
    const shown = isCut ? text.slice(0, shownLength) : prettyJson(text);
    const rest = isCut
      ? html`<p>
          The first ${count(shownLength)} of ${count(text.length)} characters.
          <a href="${more}">More of it</a>
        </p>`
      : null;
    return html`<h3>${title}</h3>
      <pre tabindex="0">${shown}</pre>
      ${rest}`;
  }
}
