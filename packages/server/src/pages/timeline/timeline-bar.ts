import { type Html, html, type Tone } from "@flawless-ts/http-service/pages";
import type { TimeAxis } from "./time-axis.ts";
import type { TimelineRow } from "./timeline-rows.ts";

/** The length of the axis in drawing units. */
const width = 1_000;
/** A step that took no time must be visible, too. */
const minWidth = 6;
/** More attempts than this would be indistinguishable. */
const maxAttempts = 40;

/** Shows when something started and ended, as a bar; for several attempts, each one and the waits between them. */
export function timelineBar(row: TimelineRow, tone: Tone, axis: TimeAxis): Html {
  const { from, failures } = row;
  const end = row.to ?? axis.start + axis.length;
  const waits = row.words.kind === "wait" || row.words.kind === "message";
  const parts: Html[] = [];
  let at = from;
  for (const { at: failedAt, nextAt } of failures.slice(-maxAttempts)) {
    const failed = Date.parse(failedAt);
    const next = Math.min(Date.parse(nextAt), end);
    parts.push(piece(axis, at, failed, "bad"), piece(axis, failed, next, "pause"));
    at = next;
  }
  parts.push(piece(axis, at, end, waits ? `pause ${tone}` : tone));
  return html`<svg viewBox="0 0 ${width} 10" preserveAspectRatio="none" aria-hidden="true">
    ${parts}
  </svg>`;
}

function piece(axis: TimeAxis, from: number, to: number, tone: string): Html {
  const place = (time: number): number =>
    Math.min(width, Math.max(0, ((time - axis.start) / axis.length) * width));
  const length = Math.max(minWidth, place(to) - place(from));
  const x = Math.min(place(from), width - length);
  return html`<rect
    class="${tone}"
    x="${rounded(x)}"
    y="0"
    width="${rounded(length)}"
    height="10"
  ></rect>`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
