import { errorCodeOf } from "./answer-body.ts";
import type { ConnectionProblem } from "./connection-failure.ts";
import type { HttpAnswer, HttpRequest } from "./messages.ts";

/** What came of one try: an answer, or none. */
export type Outcome =
  | { readonly answer: HttpAnswer; readonly retryAfterMs: number | null }
  | { readonly answer: null; readonly problem: ConnectionProblem };

/**
 * What may follow a try: nothing (`final`), another try at another address only (`elsewhere`), or one anywhere, after a
 * pause where it is the same address (`again`).
 */
export type Verdict = "final" | "elsewhere" | "again";

/** Statuses of failures that pass. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** @param several whether there are other addresses to turn to. */
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
  // A name that is unknown or a certificate that is wrong stays so, but the other addresses have their own.
  return passing ? "again" : "elsewhere";
}

/**
 * @flawless-ts/server and @flawless-ts/control-plane add `Retry-After` where they did nothing. Another server's, or a
 * proxy's, may have come too late; so may what a journal says that could not be written.
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
