import type { MatcherState, SyncMatcherResult } from "vitest";
import { completionText } from "./completion-text.ts";
import { runName, runOf } from "./received.ts";

/** @see CompletionMatcher */
export async function toComplete(
  this: MatcherState,
  received: unknown,
): Promise<SyncMatcherResult> {
  const run = runOf("toComplete", received);
  const completion = await run.completion();
  const wanted = `expected ${runName(run)} ${this.isNot ? "not " : ""}to complete`;
  return {
    pass: completion.status === "completed",
    message: () => `${wanted}, but it ${completionText(completion)}`,
  };
}
