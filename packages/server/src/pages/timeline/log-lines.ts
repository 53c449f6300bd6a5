import { type Html, html, type Tone } from "@flawless-ts/http-service/pages";
import { brief, exactTime, workflowPath } from "../workflow-parts.ts";
import type { TimelineRow } from "./timeline-rows.ts";

const maxLength = 300;

const tones: Readonly<Record<string, Tone>> = { Error: "bad", Warn: "warning" };

/** A line that a workflow logged. */
export function logLine(
  { step, words, from }: TimelineRow,
  workflow: { readonly id: string; readonly startedAt: number },
): Html {
  const { level = "", what } = words;
  const more =
    what.length <= maxLength
      ? null
      : html` <a href="${workflowPath(workflow.id)}/steps/${step}">All of it</a>`;
  return html`<li data-key="log-${step}" class="${tones[level] ?? "quiet"}">
    ${exactTime(workflow.startedAt, from)} <b>${brief(level)}</b>
    <span>${what.slice(0, maxLength)}${more}</span>
  </li>`;
}
