import { optionNames, refuseUnknownOptions } from "./unknown-options.ts";
import { InvalidOptionError } from "./invalid-option-error.ts";

/** How often and when failures are retried, if a retry is harmless. */
export interface RetryOptions {
  /** The max number of attempts. 1: no retry. */
  readonly attempts?: number | undefined;
  /** The pause before the second attempt, in milliseconds; it doubles with each further attempt. */
  readonly initialDelayMs?: number | undefined;
  /** The longest pause between two attempts, in milliseconds. */
  readonly maxDelayMs?: number | undefined;
}

/** {@link RetryOptions} with the defaults filled in. */
export type ResolvedRetryOptions = {
  readonly [Name in keyof RetryOptions]-?: NonNullable<RetryOptions[Name]>;
};

const names = optionNames<RetryOptions>({ attempts: true, initialDelayMs: true, maxDelayMs: true });

/**
 * Fills in the defaults.
 *
 * @param option their path, for errors
 * @throws {InvalidOptionError} for an unknown name, or a value that is not a whole number of at least 0 (`attempts`:
 * 1).
 */
export function resolveRetryOptions(
  given: RetryOptions,
  defaults: ResolvedRetryOptions,
  option: string = "retry",
): ResolvedRetryOptions {
  refuseUnknownOptions(given, names, option);
  const resolved = {
    attempts: given.attempts ?? defaults.attempts,
    initialDelayMs: given.initialDelayMs ?? defaults.initialDelayMs,
    maxDelayMs: given.maxDelayMs ?? defaults.maxDelayMs,
  };
  for (const [name, value] of Object.entries(resolved)) {
    const minimum = name === "attempts" ? 1 : 0;
    if (Number.isSafeInteger(value) && value >= minimum) continue;
    throw new InvalidOptionError(
      `${option}.${name}`,
      `expected a whole number of at least ${minimum}, but got ${String(value)}.`,
    );
  }
  return resolved;
}
