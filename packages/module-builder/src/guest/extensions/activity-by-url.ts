import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { SentPolicy } from "@flawless-ts/wasm-module/internal/guest";
import { randomUuid } from "../random.ts";
import { shared } from "../shared.ts";
import { activityError, type ToldFailure } from "./activity-failures.ts";

/** Where to call an activity. */
export interface ActivityUrl {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The outcome of one attempt: a value, or a failure and whether it is final. */
type Attempt =
  | { readonly value: unknown }
  | { readonly failure: Omit<ToldFailure, "attempts">; readonly isFinal: boolean };

// The same defaults as for activities of queues: docs/host-extensions.md.
const defaults = { attempts: 10, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 };
const defaultTimeoutMs = 600_000;

/** @throws {InvalidOptionError} for options that only queues support. */
export function refuseForUrl({ timeouts = {} }: Pick<SentPolicy, "timeouts">): void {
  for (const [option, value] of [
    ["scheduleToStartTimeout", timeouts.scheduleToStartMs],
    ["heartbeatTimeout", timeouts.heartbeatMs],
  ] as const) {
    if (value === undefined) continue;
    throw new InvalidOptionError(option, "only activities of a `queue` can have one.");
  }
}

/** Calls an activity with HTTP requests, and retries after failures, using only host calls of the ABI. */
export async function callByUrl(
  activity: ActivityUrl,
  json: string,
  { retry: given = {}, timeouts = {}, atMostOnce = false }: SentPolicy,
  signal: unknown,
): Promise<unknown> {
  refuseForUrl({ timeouts });
  const retry = { ...defaults, ...given };
  const { scheduleToCloseMs } = timeouts;
  const attempts = atMostOnce ? 1 : retry.attempts;
  const end = scheduleToCloseMs === undefined ? Infinity : Date.now() + scheduleToCloseMs;
  const key = randomUuid();
  let delay = retry.initialDelayMs;
  for (let number = 1; ; number += 1) {
    const left = end === Infinity ? Infinity : end - Date.now();
    const timeout = Math.max(0, Math.min(timeouts.startToCloseMs ?? defaultTimeoutMs, left));
    const attempt = await tryOnce(activity, json, { key, number, timeout, signal });
    if ("value" in attempt) return attempt.value;
    const { failure, isFinal } = attempt;
    const isKnown = retry.nonRetryable?.includes(failure.name ?? "") ?? false;
    if (isFinal || isKnown || number >= attempts) {
      throw activityError(activity.name, { ...failure, attempts: number });
    }
    if (end !== Infinity && Date.now() + delay >= end) {
      throw activityError(activity.name, {
        code: "SCHEDULE_TO_CLOSE_TIMEOUT",
        message: "all attempts together took too long",
        attempts: number,
        cause: failure,
      });
    }
    await shared.sleepFor(delay, signal);
    delay = Math.min(delay * retry.factor, retry.maxDelayMs);
  }
}

async function tryOnce(
  { url, headers }: ActivityUrl,
  body: string,
  call: {
    readonly key: string;
    readonly number: number;
    readonly timeout: number;
    readonly signal: unknown;
  },
): Promise<Attempt> {
  const sent = {
    ...headers,
    "content-type": "application/json",
    "idempotency-key": call.key,
    "x-activity-attempt": String(call.number),
  };
  try {
    const response = await shared.part("web").fetch(url, {
      method: "POST",
      headers: sent,
      body,
      timeout: call.timeout,
      signal: call.signal as AbortSignal | undefined,
    });
    const text = await response.text();
    return response.ok ? { value: shared.fromJson(text) } : refused(response.status, text);
  } catch (error) {
    if (!shared.FetchError.is(error)) throw error;
    const { name, kind, message } = error;
    const code =
      kind === "RequestInterrupted"
        ? "INTERRUPTED"
        : /timed out/i.test(message)
          ? "START_TO_CLOSE_TIMEOUT"
          : "FAILED";
    return { failure: { code, name, message }, isFinal: false };
  }
}

/** What an activity threw, as `createActivityHandler` reports it; or the response of something in between. */
function refused(status: number, text: string): Attempt {
  try {
    const { error } = shared.fromJson(text) as {
      readonly error: Omit<ToldFailure, "attempts"> & { readonly retryable?: boolean };
    };
    return { failure: { ...error, code: error.code }, isFinal: error.retryable === false };
  } catch {
    const message = `the answer was ${status}`;
    return { failure: { code: "FAILED", name: "Error", message }, isFinal: false };
  }
}
