import { type Html, html } from "@flawless-ts/http-service/pages";

/** A form of one button, with the texts that are shown while and after it is sent. */
export interface ButtonForm {
  readonly path: string;
  readonly name: string;
  readonly button: string;
  readonly busy: string;
  readonly done: string;
  readonly failed: string;
  /** Asked before it is sent; null for no question. */
  readonly question: string | null;
  readonly isDangerous: boolean;
}

/** Shown if it is unknown whether a form arrived. */
export const unreachable =
  "The server can't be reached. Look at the timeline before you try again.";

/** A button that does something with a workflow. */
export function buttonForm(form: ButtonForm): Html {
  const { path, name, button, busy, done, failed, question, isDangerous } = form;
  const content = html`<button type="submit" class="${isDangerous ? "danger" : "other"}">
      ${button}
    </button>
    <p class="result" role="status"></p>`;
  return question === null
    ? html`<form
        class="${name}"
        method="post"
        action="${path}/${name}"
        data-busy="${busy}"
        data-done="${done}"
        data-failed="${failed}"
        data-unreachable="${unreachable}"
      >
        ${content}
      </form>`
    : html`<form
        class="${name}"
        method="post"
        action="${path}/${name}"
        data-busy="${busy}"
        data-done="${done}"
        data-failed="${failed}"
        data-unreachable="${unreachable}"
        data-question="${question}"
      >
        ${content}
      </form>`;
}
