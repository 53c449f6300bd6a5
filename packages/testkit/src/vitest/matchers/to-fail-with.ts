import type { MatcherState, SyncMatcherResult } from "vitest";
import type { Completion } from "@flawless-ts/sdk";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { completionText } from "./completion-text.ts";
import { runName, runOf } from "./received.ts";

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
