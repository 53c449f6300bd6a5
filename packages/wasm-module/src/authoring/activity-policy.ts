import { parseDuration, type DurationLike } from "../duration-like.ts";
import { InvalidOptionError } from "../invalid-option-error.ts";
import { optionNames, refuseUnknownOptions } from "../unknown-options.ts";
import type { ActivityOptions, ActivityPolicy, ActivityRetry } from "./activity-types.ts";

/** {@link ActivityRetry} in the format that is sent, without omitted members. */
export interface SentRetry {
  readonly attempts?: number;
  readonly initialDelayMs?: number;
  readonly factor?: number;
  readonly maxDelayMs?: number;
  readonly nonRetryable?: readonly string[];
}

/** An activity's timeouts in the format that is sent, in milliseconds. */
export interface SentTimeouts {
  readonly scheduleToStartMs?: number;
  readonly startToCloseMs?: number;
  readonly scheduleToCloseMs?: number;
  readonly heartbeatMs?: number;
}

/** An activity's policy in the format that guest, worker and server exchange, without omitted members. */
export interface SentPolicy {
  readonly retry?: SentRetry;
  readonly timeouts?: SentTimeouts;
  readonly atMostOnce?: boolean;
}

const retryNames = optionNames<ActivityRetry>({
  attempts: true,
  initialDelay: true,
  factor: true,
  maxDelay: true,
  nonRetryable: true,
});
const policyNames = optionNames<ActivityOptions>({
  retry: true,
  timeout: true,
  heartbeatTimeout: true,
  atMostOnce: true,
  scheduleToStartTimeout: true,
  scheduleToCloseTimeout: true,
});

/**
 * Checks an activity's policy, and converts it to the format that is sent.
 *
 * @param path the option's path, for errors
 * @throws {InvalidOptionError} naming the first option that doesn't exist or is invalid.
 */
export function activityPolicy(options: ActivityPolicy | ActivityOptions, path = ""): SentPolicy {
  refuseUnknownOptions(options, policyNames, path);
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const {
    retry,
    timeout,
    heartbeatTimeout,
    atMostOnce,
    scheduleToStartTimeout,
    scheduleToCloseTimeout,
  } = options as ActivityOptions;
  if (atMostOnce !== undefined && typeof atMostOnce !== "boolean") {
    throw new InvalidOptionError(
      at("atMostOnce"),
      `expected a boolean, but got ${typeof atMostOnce}.`,
    );
  }
  if (atMostOnce === true && retry?.attempts !== undefined && retry.attempts !== 1) {
    throw new InvalidOptionError(
      at("retry.attempts"),
      "an activity with `atMostOnce: true` is never tried again: leave one of them out.",
    );
  }
  const timeouts = given({
    scheduleToStartMs: duration(at("scheduleToStartTimeout"), scheduleToStartTimeout),
    startToCloseMs: duration(at("timeout"), timeout),
    scheduleToCloseMs: duration(at("scheduleToCloseTimeout"), scheduleToCloseTimeout),
    heartbeatMs: duration(at("heartbeatTimeout"), heartbeatTimeout),
  });
  return given({
    retry: retry === undefined ? undefined : sentRetry(retry, at("retry")),
    timeouts: Object.keys(timeouts).length === 0 ? undefined : timeouts,
    atMostOnce,
  });
}

function sentRetry(retry: ActivityRetry, path: string): SentRetry {
  refuseUnknownOptions(retry, retryNames, path);
  const { attempts, factor, nonRetryable } = retry;
  if (attempts !== undefined && !(Number.isSafeInteger(attempts) && attempts >= 1)) {
    throw new InvalidOptionError(
      `${path}.attempts`,
      `expected a whole number of at least 1, but got ${String(attempts)}.`,
    );
  }
  if (factor !== undefined && !(Number.isFinite(factor) && factor >= 1)) {
    throw new InvalidOptionError(
      `${path}.factor`,
      `expected a number of at least 1, but got ${String(factor)}.`,
    );
  }
  const areNames =
    nonRetryable === undefined ||
    (Array.isArray(nonRetryable) && nonRetryable.every((name) => typeof name === "string"));
  if (!areNames) {
    throw new InvalidOptionError(`${path}.nonRetryable`, "expected names of classes of errors.");
  }
  return given({
    attempts,
    initialDelayMs: duration(`${path}.initialDelay`, retry.initialDelay, 0),
    factor,
    maxDelayMs: duration(`${path}.maxDelay`, retry.maxDelay, 0),
    nonRetryable,
  });
}

function duration(
  option: string,
  value: DurationLike | undefined,
  minimum = 1,
): number | undefined {
  if (value === undefined) return undefined;
  let milliseconds: number;
  try {
    milliseconds = Math.ceil(parseDuration(value));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidOptionError(option, `${problem}.`, { cause });
  }
  if (milliseconds >= minimum) return milliseconds;
  throw new InvalidOptionError(option, `expected a duration above 0, but got ${milliseconds} ms.`);
}

/** Without the members that are undefined. */
function given<Members extends object>(
  members: Members,
): { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as {
    readonly [Name in keyof Members]?: Exclude<Members[Name], undefined>;
  };
}
