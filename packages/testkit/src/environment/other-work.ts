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
 * Tells whether this process is at work on something else than the environment: a timer, a request, a file that a test
 * may be waiting for. One timer that was there before is the test runner's own, which ends a test that takes too long.
 */
export class OtherWork {
  readonly #runnerTimers = Math.min(1, resources().filter((kind) => kind === "Timeout").length);

  get isUnderWay(): boolean {
    const found = resources();
    const timers = found.filter((kind) => kind === "Timeout").length;
    return timers > this.#runnerTimers || found.length > timers;
  }
}

function resources(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => !standing.has(kind));
}
