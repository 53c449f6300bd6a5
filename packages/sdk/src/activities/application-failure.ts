import {
  FlawlessError,
  optionNames,
  refuseUnknownOptions,
} from "@flawless-ts/wasm-module/internal/client";

/** Options of {@link ApplicationFailure}. */
export interface ApplicationFailureOptions extends ErrorOptions {
  /** The details for the workflow's `ActivityError`; a value that `writeJson` can write. */
  readonly details?: unknown;
  /** Whether the activity must not be retried. Default false. */
  readonly nonRetryable?: boolean | undefined;
}

const names = optionNames<ApplicationFailureOptions>({
  cause: true,
  details: true,
  nonRetryable: true,
});

/**
 * An error for activities to throw if a message isn't enough. Any other error may have the same properties `details`
 * and
 * `nonRetryable`.
 */
export class ApplicationFailure extends FlawlessError {
  override readonly code = "FLAWLESS_APPLICATION_FAILURE" as const;
  readonly details: unknown;
  readonly nonRetryable: boolean;

  /** @throws {InvalidOptionError} for an unknown option. */
  constructor(message: string, options: ApplicationFailureOptions = {}) {
    refuseUnknownOptions(options, names);
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.details = options.details;
    this.nonRetryable = options.nonRetryable ?? false;
  }

  override get _tag(): "ApplicationFailure" {
    return "ApplicationFailure";
  }
}
