import { type Html, html } from "./html.ts";

/** How urgent a state is; the style sheet has a color for each. */
export type Tone = "quiet" | "active" | "good" | "warning" | "bad";

/** A state in words and color. */
export function badge(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** A point in time. The page's script turns it into how long ago that was. */
export function time(milliseconds: number): Html {
  const iso = new Date(milliseconds).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

/** A number, formatted for people. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** The sum over all kinds. */
export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, some) => all + some, 0);
}

/** The head of a table. The roles keep it a table for screen readers where the style sheet turns it into cards. */
export function tableHead(titles: readonly string[]): Html {
  const cells = titles.map((title) => html`<th scope="col" role="columnheader">${title}</th>`);
  return html`<thead role="rowgroup">
    <tr role="row">
      ${cells}
    </tr>
  </thead>`;
}

/** A cell that names its column, for layouts without a visible head. */
export function cell(title: string, content: Html | string | null): Html {
  return html`<td role="cell" data-title="${title}">${content}</td>`;
}

/** The only row of an empty table. */
export function emptyRow(columns: number, text: string): Html {
  return html`<tr data-key="none" role="row" class="empty">
    <td role="cell" colspan="${columns}">${text}</td>
  </tr>`;
}
