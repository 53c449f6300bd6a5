import { type Html, html } from "./html.ts";

/** How urgent a state is; the style sheet has a colour for each. */
export type Tone = "quiet" | "active" | "good" | "warning" | "bad";

/** A state in words and colour. */
export function badge(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** A point in time. Scripts turn it into how long ago that was. */
export function time(milliseconds: number): Html {
  const iso = new Date(milliseconds).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

/** A number as people read it. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** How many there are of all kinds together. */
export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, some) => all + some, 0);
}

/** The head of a table. The roles keep it a table for screen readers where the style sheet makes it a list of cards. */
export function tableHead(titles: readonly string[]): Html {
  const cells = titles.map((title) => html`<th scope="col" role="columnheader">${title}</th>`);
  return html`<thead role="rowgroup">
    <tr role="row">
      ${cells}
    </tr>
  </thead>`;
}

/** A cell that names its column where there is no head to see. */
export function cell(title: string, content: Html | string | null): Html {
  return html`<td role="cell" data-title="${title}">${content}</td>`;
}

/** The row of a table that is empty otherwise. */
export function emptyRow(columns: number, text: string): Html {
  return html`<tr data-key="none" role="row" class="empty">
    <td role="cell" colspan="${columns}">${text}</td>
  </tr>`;
}
