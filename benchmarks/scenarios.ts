/** One kind of workflow to measure. All are workflows of the module `conformance`. */
export interface Scenario {
  readonly title: string;
  readonly workflow: string;
  /** What it does, for readers of the report. */
  readonly about: string;
  /** The input's JSON text. */
  readonly input: string;
  /** Whether a response (JSON text) is as expected. */
  readonly accepts: (response: unknown) => boolean;
}

/** The number of concurrent callers; each waits for its response before it calls again. */
export const callerCounts: readonly number[] = [1, 64];

const steps = 10;

/** @param siteUrl the URL for the workflows' requests */
export function createScenarios(siteUrl: string): readonly Scenario[] {
  return [
    {
      title: "do nothing",
      workflow: "noop",
      about: "Responds `null`. The caller gets it once start and response are durable.",
      input: "null",
      accepts: (response) => response === "null",
    },
    {
      title: "10 steps",
      workflow: "ten_steps",
      about:
        "Five random numbers, four times of day and a log line, all journaled, then a response with " +
        "the values. Nobody outside sees them before the response, so they become durable together with it.",
      input: "null",
      accepts: (response) => typeof response === "string" && response.startsWith('{"randoms":['),
    },
    {
      title: "10 sleeps of 0 ms",
      workflow: "sleep_steps",
      about:
        "Ten host calls that the engine answers, not the guest's own thread. A sleep of no time " +
        "is journaled as a step but does not wait durably: it becomes durable with the response at the latest.",
      input: JSON.stringify({ count: steps, ms: 0 }),
      accepts: (response) => response === String(steps),
    },
    {
      title: "10 HTTP requests",
      workflow: "http_sequence",
      about:
        "Ten requests to a site on this machine, one after the other, not idempotent: the intent of each is " +
        "durable before it is sent, and so is its result before the next one, so that ten fsyncs at least " +
        "lie between start and response.",
      input: JSON.stringify({ urls: Array<string>(steps).fill(siteUrl) }),
      accepts: (response) =>
        typeof response === "string" && response.split('"status":200').length === steps + 1,
    },
  ];
}
