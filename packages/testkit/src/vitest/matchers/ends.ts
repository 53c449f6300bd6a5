import type { Completion } from "@flawless-ts/sdk";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { MatcherState, SyncMatcherResult } from "vitest";
import { runName, runOf } from "./received.ts";

/** How a workflow ended, after "it". */
export function completionText(completion: Completion): string {
  switch (completion.status) {
    case "completed":
      return "completed";
    case "cancelled":
      return "was cancelled";
    case "failed":
      return `failed with ${completion.error.code}: ${completion.error.message}`;
  }
}

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

/** @see FailureMatcher */
export async function toFailWith(
  this: MatcherState,
  received: unknown,
  expected: string | RegExp,
): Promise<SyncMatcherResult> {
  const run = runOf("toFailWith", received);
  if (!(expected instanceof RegExp) && (typeof expected !== "string" || expected === "")) {
    throw new InvalidOptionError(
      "expected",
      `toFailWith takes a failure's code, a part of its message or a RegExp, but got ${JSON.stringify(expected)}.`,
    );
  }
  const completion = await run.completion();
  const shown = expected instanceof RegExp ? String(expected) : JSON.stringify(expected);
  const wanted = `expected ${runName(run)} ${this.isNot ? "not " : ""}to fail with ${shown}`;
  return {
    pass: failedWith(completion, expected),
    message: () => `${wanted}, but it ${completionText(completion)}`,
  };
}

function failedWith(completion: Completion, expected: string | RegExp): boolean {
  if (completion.status !== "failed") {
    return false;
  }
  const { code, message } = completion.error;
  return expected instanceof RegExp
    ? message.search(expected) >= 0
    : code === expected || message.includes(expected);
}
