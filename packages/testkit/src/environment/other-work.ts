import { ownTimerCount } from "./real-timers.ts";

/** Resources that keep an event loop alive but won't call anything: an idle process has them, too. */
const standing: ReadonlySet<string> = new Set([
  "MessagePort",
  "PipeWrap",
  "SignalWrap",
  "TCPServerWrap",
  "TTYWrap",
  "Worker",
]);

/**
 * Whether this process has work besides environments: a timer, a request, or a file that a test may be waiting for.
 * Timers that don't keep the process alive don't count, such as Vitest's own for a test's timeout.
 */
export function isOtherWorkUnderWay(): boolean {
  const found = process.getActiveResourcesInfo().filter((kind) => !standing.has(kind));
  return found.length > ownTimerCount();
}
