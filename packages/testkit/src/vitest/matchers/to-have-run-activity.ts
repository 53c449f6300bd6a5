import { onOneLine } from "@flawless-ts/server/internal";
import type { MatcherState, SyncMatcherResult } from "vitest";
import type { TestActivity, TestActivityAttempt } from "../../activities/test-activity.ts";
import { checkActivityExpectation, type ActivityExpectation } from "./activity-expectation.ts";
import { activitiesOf } from "./received.ts";

const maxCalls = 20;
const maxValueLength = 200;

/** @see ActivityMatcher */
export function toHaveRunActivity(
  this: MatcherState,
  received: unknown,
  name: string,
  expectation: ActivityExpectation = {},
): SyncMatcherResult {
  const calls = activitiesOf(received);
  checkActivityExpectation(name, expectation);
  const testers = [...this.customTesters, this.utils.iterableEquality];
  const { attempts, times } = expectation;
  const matching = calls.filter(
    (call) =>
      call.name === name &&
      (!("input" in expectation) || this.equals(call.input, expectation.input, testers)),
  );
  const attemptCount = matching.reduce((sum, call) => sum + call.attempts.length, 0);
  const fits =
    (times === undefined ? matching.length > 0 || attempts === 0 : matching.length === times) &&
    (attempts === undefined || attemptCount === attempts);
  return {
    pass: fits,
    message: () => {
      const wanted = `expected the activity ${name} ${wantedText(expectation, this)}`;
      const found =
        calls.length === 0 ? "no activity was" : `${foundText(matching, attemptCount)}:`;
      const lines = calls.slice(0, maxCalls).map((call) => line(call, this));
      const rest = calls.length - lines.length;
      return [
        `${wanted}, but ${found}`,
        ...lines,
        ...(rest === 0 ? [] : [`  … and ${countOf(rest, "call")} more`]),
      ].join("\n");
    },
  };
}

function wantedText(expectation: ActivityExpectation, { isNot, utils }: MatcherState): string {
  const { attempts, times } = expectation;
  return [
    ...(isNot ? ["not"] : []),
    "to have been run",
    ...("input" in expectation ? [`with ${shown(expectation.input, utils)}`] : []),
    ...(times === undefined ? [] : [times === 1 ? "once" : `${times} times`]),
    ...(attempts === undefined ? [] : [`in ${countOf(attempts, "attempt")}`]),
  ].join(" ");
}

function foundText(matching: readonly TestActivity[], attempts: number): string {
  return matching.length === 0
    ? "it was not"
    : `there ${matching.length === 1 ? "was" : "were"} ${countOf(matching.length, "such call")} in ${countOf(attempts, "attempt")}`;
}

function line({ number, name, input, attempts }: TestActivity, { utils }: MatcherState): string {
  const ends = attempts.map((attempt) => attemptText(attempt, utils)).join(", then ");
  return `  ${number}. ${name}(${shown(input, utils)}) ${ends}`;
}

function attemptText(
  { outcome, value, error }: TestActivityAttempt,
  utils: MatcherState["utils"],
): string {
  switch (outcome) {
    case "completed":
      return `gave ${shown(value, utils)}`;
    case "failed":
      return onOneLine(`threw ${error?.name}: ${error?.message}`, maxValueLength);
    case "ended":
      return "was ended";
    case "running":
      return "is running";
  }
}

function shown(value: unknown, utils: MatcherState["utils"]): string {
  return onOneLine(utils.stringify(value, undefined, { min: true }), maxValueLength);
}

function countOf(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
