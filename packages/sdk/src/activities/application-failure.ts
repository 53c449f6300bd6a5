import {
  FlawlessError,
  optionNames,
  refuseUnknownOptions,
} from "@flawless-ts/wasm-module/internal/client";

/** Options of {@link ApplicationFailure}. */
export interface ApplicationFailureOptions extends ErrorOptions {
  /** What the workflow finds in its `ActivityError`: what `writeJson` can write. */
  readonly details?: unknown;
  /** Whether the activity is not to be tried again. Default false. */
  readonly nonRetryable?: boolean | undefined;
}

const names = optionNames<ApplicationFailureOptions>({
  cause: true,
  details: true,
  nonRetryable: true,
});

/**
 * To be thrown by an activity that has more to say than a message. Any other error may have the same properties `details`
 * and `nonRetryable`.
 */
export class ApplicationFailure extends FlawlessError {
  override readonly code = "FLAWLESS_APPLICATION_FAILURE" as const;
  readonly details: unknown;
  readonly nonRetryable: boolean;

  /** @throws {InvalidOptionError} for an option that does not exist. */
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
