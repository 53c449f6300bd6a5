import { FlawlessError } from "./errors.ts";

/**
 * An option or an argument is invalid, contradicts another, or doesn't exist: a malformed URL, a timeout that is not a
 * number, an empty id. Every Flawless package refuses them with this error.
 */
export class InvalidOptionError extends FlawlessError {
  override readonly code = "FLAWLESS_INVALID_OPTION" as const;
  /** The option's name, such as `timeoutMs`. */
  readonly option: string;

  /**
   * @param problem what was expected and what came, as a clause with its full stop: "expected a number of milliseconds
   * above 0, but got -1."
   */
  constructor(option: string, problem: string, options?: ErrorOptions) {
    super(`Invalid \`${option}\`: ${problem}`, options);
    this.option = option;
  }

  override get _tag(): "InvalidOptionError" {
    return "InvalidOptionError";
  }
}
