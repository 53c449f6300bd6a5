import { type Html, html, type Tone } from "@flawless-ts/http-service/pages";
import type { TimeAxis } from "./time-axis.ts";
import type { TimelineRow } from "./timeline-rows.ts";

/** The units that a bar is drawn in, from one end of the axis to the other. */
const width = 1_000;
/** What took no time is to be seen, too. */
const minWidth = 6;
/** More attempts than this can't be told apart. */
const maxAttempts = 40;

/** When something began and ended, as a bar; with several attempts, each of them and the waiting between them. */
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
