import { FlawlessError } from "../errors.ts";

/** Details of a {@link NotJsonError}. */
export interface NotJsonDetails extends ErrorOptions {
  /** The name of the whole value. Default `The value`. */
  readonly subject?: string | undefined;
}

/**
 * An input, message, response or payload contains something that JSON can't represent: a function, a cycle, `NaN`, a
 * `Map`, an
 * `Error`, a `Promise`.
 */
export class NotJsonError extends FlawlessError {
  override readonly code = "FLAWLESS_NOT_JSON" as const;
  /** Where in the value: `$` is all of it, `$.items[0]` a part. */
  readonly path: string;

  /** @param problem what stands at `path`, and what to do about it. */
  constructor(
    path: string,
    problem: string,
    { subject = "The value", ...options }: NotJsonDetails = {},
  ) {
    super(`${subject} cannot be written as JSON: ${problem} at ${path}.`, options);
    this.path = path;
  }

  override get _tag(): "NotJsonError" {
    return "NotJsonError";
  }
}
