import type { MatcherState, SyncMatcherResult } from "vitest";
import { WorkflowCancelledError, WorkflowFailedError } from "@flawless-ts/sdk";
import { onOneLine } from "@flawless-ts/server/internal";
import { runName, runOf } from "./received.ts";

const maxValueLength = 200;

/** @see ResponseMatcher */
export async function toRespondWith(
  this: MatcherState,
  received: unknown,
  expected: unknown,
): Promise<SyncMatcherResult> {
  const run = runOf("toRespondWith", received);
  const { isNot } = this;
  const show = (value: unknown): string =>
    onOneLine(this.utils.stringify(value, undefined, { min: true }), maxValueLength);
  const wanted = `expected ${runName(run)} ${isNot ? "not " : ""}to respond with ${show(expected)}`;
  let response: unknown;
  try {
    response = await run.response();
  } catch (error) {
    const end = endWithoutResponse(error);
    if (end === undefined) {
      throw error;
    }
    // Neither "this response" nor "another response": there is none.
    return { pass: isNot, message: () => `${wanted}, but it ${end}` };
  }
  const testers = [...this.customTesters, this.utils.iterableEquality];
  return {
    pass: this.equals(response, expected, testers),
    message: () => (isNot ? wanted : `${wanted}, but it responded with ${show(response)}`),
    actual: response,
    expected,
  };
}

/** How the workflow ended instead; undefined for any other error. */
function endWithoutResponse(error: unknown): string | undefined {
  if (WorkflowFailedError.is(error)) {
    return `failed: ${error.serverMessage}`;
  }
  return WorkflowCancelledError.is(error) ? "was cancelled" : undefined;
}
