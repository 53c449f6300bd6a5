import { errorCodeOf } from "./answer-body.ts";
import type { ConnectionProblem } from "./connection-failure.ts";
import type { HttpAnswer, HttpRequest } from "./messages.ts";

/** The outcome of one attempt: a response, or none. */
export type Outcome =
  | { readonly answer: HttpAnswer; readonly retryAfterMs: number | null }
  | { readonly answer: null; readonly problem: ConnectionProblem };

/**
 * What may follow an attempt: nothing (`final`), an attempt only at another address (`elsewhere`), or an attempt
 * anywhere, after a pause if it is the same address (`again`).
 */
export type Verdict = "final" | "elsewhere" | "again";

/** Statuses of transient failures. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** @param several whether there are other addresses. */
export function verdictOf(request: HttpRequest, outcome: Outcome, several: boolean): Verdict {
  if (request.repeat === "never") return "final";
  const harmless = request.repeat === "harmless";
  if (outcome.answer !== null) {
    const passing = harmless
      ? passingStatuses.has(outcome.answer.status)
      : several && tellsThatNothingWasDone(outcome.answer);
    return passing ? "again" : "final";
  }
  const { maybeSent, passing } = outcome.problem;
  if (!harmless && maybeSent) return "final";
  // An unknown name or a wrong certificate stays so, but the other addresses have their own.
  return passing ? "again" : "elsewhere";
}

/**
 * @flawless-ts/server and @flawless-ts/control-plane add `Retry-After` if they did nothing. Another server's, or a
 * proxy's, may come too late, as may the error of a journal that could not be written.
 */
function tellsThatNothingWasDone(answer: HttpAnswer): boolean {
  const code = errorCodeOf(answer);
  return (
    (answer.status === 503 || answer.status === 429) &&
    answer.headers["retry-after"] !== undefined &&
    code !== null &&
    code !== "JOURNAL_UNAVAILABLE"
  );
}
