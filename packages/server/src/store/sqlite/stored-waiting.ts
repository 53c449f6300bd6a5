import type { WorkflowWaiting } from "@flawless-ts/sdk";

/** A sleep until the workflow is woken, as nearly all are: the time need not be told twice. */
const sleep = '"sleep"';

/** The last moment that a JavaScript Date can name. */
const lastMoment = 8.64e15;

function isoTime(milliseconds: number): string {
  return new Date(Math.min(lastMoment, milliseconds)).toISOString();
}

/** What a workflow waits for, as JSON. */
export function toStoredWaiting(
  waiting: WorkflowWaiting | null,
  wakeAt: number | null,
): string | null {
  if (waiting === null) {
    return null;
  }
  return waiting.on === "sleep" && wakeAt !== null && waiting.until === isoTime(wakeAt)
    ? sleep
    : JSON.stringify(waiting);
}

export function fromStoredWaiting(
  stored: string | null,
  wakeAt: number | null,
): WorkflowWaiting | null {
  if (stored === null) {
    return null;
  }
  return stored === sleep
    ? { on: "sleep", until: isoTime(wakeAt ?? 0) }
    : (JSON.parse(stored) as WorkflowWaiting);
}
