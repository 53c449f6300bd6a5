import { optionNames, refuseUnknownOptions } from "./unknown-options.ts";
import { InvalidOptionError } from "./invalid-option-error.ts";

/** How often and when what failed is tried again, where a repeat is harmless. */
export interface RetryOptions {
  /** How often it is tried in all. 1: never again. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second try; they double with each further one. */
  readonly initialDelayMs?: number | undefined;
  /** The longest pause between two tries, in milliseconds. */
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
 * @param option where they were given, for errors
 * @throws {InvalidOptionError} for an unknown name, and for what is no whole number of at least 0 (`attempts`: 1).
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
