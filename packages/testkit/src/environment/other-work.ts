import { ownTimerCount } from "./real-timers.ts";

/** What keeps an event loop alive without being about to call anybody: it would be there in an idle process, too. */
const standing: ReadonlySet<string> = new Set([
  "MessagePort",
  "PipeWrap",
  "SignalWrap",
  "TCPServerWrap",
  "TTYWrap",
  "Worker",
]);

/**
 * Tells whether this process is at work on something else than environments: a timer, a request, a file that a test
 * may be waiting for. Timers that keep no process alive don't count; the one by which Vitest ends a test is such.
 */
export function isOtherWorkUnderWay(): boolean {
  const found = process.getActiveResourcesInfo().filter((kind) => !standing.has(kind));
  return found.length > ownTimerCount();
}
