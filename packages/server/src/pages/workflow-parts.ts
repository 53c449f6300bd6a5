import { badge, type Html, html, type Tone } from "@flawless-ts/http-service/pages";
import type { WorkflowInfo, WorkflowStatus } from "../engine/index.ts";
import { spanText } from "../history-text/span-text.ts";
import { onOneLine } from "../history-text/one-line.ts";

/** How a state is shown. */
export const workflowStates: Readonly<
  Record<WorkflowStatus, { readonly text: string; readonly tone: Tone }>
> = {
  running: { text: "Running", tone: "active" },
  completed: { text: "Completed", tone: "good" },
  failed: { text: "Failed", tone: "bad" },
  cancelled: { text: "Cancelled", tone: "quiet" },
};

/** All states, in display order. */
export const workflowStatuses = Object.keys(workflowStates) as readonly WorkflowStatus[];

/** Longer names and texts are cut in lists. */
const maxTextLength = 200;
const maxTypes = 20;

/** Text from a guest or a caller, short and on one line. */
export function brief(text: string): string {
  return onOneLine(text, maxTextLength);
}

/** A state as text and color. */
export function stateBadge(status: WorkflowStatus): Html {
  const { text, tone } = workflowStates[status];
  return badge(text, tone);
}

/** The address of a workflow's page. */
export function workflowPath(id: string): string {
  return `/workflows/${encodeURIComponent(id)}`;
}

/** A link to a workflow. */
export function workflowLink(id: string): Html {
  return html`<a href="${workflowPath(id)}">${id}</a>`;
}

/** Labels as keys and values. They are few and short. */
export function labelList(labels: Readonly<Record<string, string>>): Html {
  const items = Object.entries(labels).map(
    ([key, value]) => html`<li><code>${brief(key)}</code> ${brief(value)}</li>`,
  );
  return html`<ul class="names">
    ${items}
  </ul>`;
}

/** A time, given as ISO 8601. Scripts show how long ago it was, or how long until then. */
export function age(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

/** When something happened: how long after the start, with the exact time on hover. Times are in milliseconds. */
export function exactTime(start: number, at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}" data-exact
    >${spanText(Math.max(0, at - start))}</time
  >`;
}

/** What a workflow waits for; null if it doesn't wait. */
export function waitsFor({ status, waiting }: WorkflowInfo): Html | null {
  if (status !== "running" || waiting === null) {
    return null;
  }
  switch (waiting.on) {
    case "sleep":
      return html`Sleeps, wakes up ${age(waiting.until)}`;
    case "message": {
      const types = waiting.types
        .slice(0, maxTypes)
        .map((type, index) => html`${index === 0 ? "" : ", "}<code>${brief(type)}</code>`);
      const more = waiting.types.length - types.length;
      return html`Waits for a message:
      ${types}${more > 0 ? ` and ${more} more types` : ""}${
        waiting.until === null ? null : html` · gives up ${age(waiting.until)}`
      }`;
    }
    case "activity": {
      const { attempt, name, queue } = waiting;
      return html`Waits for the activity <code>${brief(name)}</code> of the queue
        <code>${brief(queue)}</code>${attempt > 1 ? `, attempt ${attempt}` : ""}`;
    }
    case "operations": {
      const { count, until } = waiting;
      return html`Waits for the first of ${count}
      operations${until === null ? null : html` · wakes up ${age(until)}`}`;
    }
    case "http":
      return html`Waits for <code>${brief(`${waiting.method} ${waiting.url}`)}</code>`;
  }
}
