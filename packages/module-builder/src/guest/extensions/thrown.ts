/** An error as reported by the host. */
export interface Told {
  readonly name?: string;
  readonly message?: string;
  readonly stack?: string | null;
  readonly details?: unknown;
  readonly cause?: Told | null;
  readonly errors?: readonly Told[];
}

/** Recreates an error that was thrown elsewhere. */
export function errorOf(told: Told): Error {
  const { name = "Error", message = "", stack, cause, details, errors } = told;
  const options = cause === undefined || cause === null ? undefined : { cause: errorOf(cause) };
  const error =
    errors === undefined
      ? new Error(message, options)
      : new AggregateError(errors.map(errorOf), message, options);
  const own: Record<string, unknown> = { name };
  if (typeof stack === "string") own["stack"] = stack;
  if (details !== undefined && details !== null) own["details"] = details;
  for (const [member, value] of Object.entries(own)) {
    Object.defineProperty(error, member, { value, configurable: true, writable: true });
  }
  return error;
}
