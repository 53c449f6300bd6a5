import type { WorkflowWaiting } from "@flawless-ts/sdk";

/** A sleep until the workflow is woken, as nearly all are: the time needn't be stored twice. */
const sleep = '"sleep"';

/** The latest time that a JavaScript Date can represent. */
const lastMoment = 8.64e15;

function isoTime(milliseconds: number): string {
  return new Date(Math.min(lastMoment, milliseconds)).toISOString();
}

/** What a workflow waits for, as JSON. */
export function toStoredWaiting(
  waiting: WorkflowWaiting | null,
  wakeAt: number | null,
): string | null {
  return waiting === null ? null : shortWaiting(JSON.stringify(waiting), wakeAt);
}

/** Reads that JSON again, whatever is in it. */
export function shortWaiting(json: string, wakeAt: number | null): string {
  const isSleep = wakeAt !== null && json.startsWith('{"on":"sleep"');
  return isSleep && json === JSON.stringify({ on: "sleep", until: isoTime(wakeAt) }) ? sleep : json;
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
