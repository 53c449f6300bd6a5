import { FlawlessError } from "../errors.ts";

/** What a {@link NotJsonError} says beside the place and the problem. */
export interface NotJsonDetails extends ErrorOptions {
  /** What the whole value is. Default `The value`. */
  readonly subject?: string | undefined;
}

/**
 * An input, message, response or payload holds something that JSON cannot: a function, a cycle, `NaN`, a `Map`, an
 * `Error`, a `Promise`.
 */
export class NotJsonError extends FlawlessError {
  override readonly code = "FLAWLESS_NOT_JSON" as const;
  /** Where in the value: `$` is the whole of it, `$.items[0]` a part. */
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
