import { FlawlessConnectionError, FlawlessTimeoutError } from "../errors/connection-errors.ts";
import { ServerRefusedError, ServerUnavailableError } from "../errors/refusals.ts";
import { UnexpectedAnswerError } from "../errors/answer-errors.ts";

/** Whether the error is transient: the server is down, starting or overloaded. */
export function mayPass(error: unknown): boolean {
  return (
    FlawlessConnectionError.is(error) ||
    FlawlessTimeoutError.is(error) ||
    ServerUnavailableError.is(error) ||
    (ServerRefusedError.is(error) && error.status >= 500) ||
    (UnexpectedAnswerError.is(error) && error.status >= 500)
  );
}
