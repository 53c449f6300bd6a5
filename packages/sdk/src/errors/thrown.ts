import type { ThrownError } from "../connection/types.ts";

/** An error like the one with which a workflow ended, including its causes. */
export function errorOf({ name, message, stack, cause, errors }: ThrownError): Error {
  const options = cause === null ? undefined : { cause: errorOf(cause) };
  const error =
    errors.length === 0
      ? new Error(message, options)
      : new AggregateError(errors.map(errorOf), message, options);
  // As in a real error: not enumerable.
  for (const [member, value] of Object.entries({ name, stack: stack ?? `${name}: ${message}` })) {
    Object.defineProperty(error, member, { value, configurable: true, writable: true });
  }
  return error;
}
