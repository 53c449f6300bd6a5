import type { WaitingCall, WaitingCallContext } from "../waiting-call.ts";
import { extensionAnswer } from "./extension-answer.ts";

/** In the journal: the call itself says what it waits for. */
const called = "called";

/** Waits for the end of another workflow. */
export function runResult(url: string, id: string, context: WaitingCallContext): WaitingCall {
  if (context.detail === null) {
    context.record(called);
  }
  context.waitsFor({ on: "operations", count: 1, types: [], until: null }, 0);
  const aborted = new AbortController();
  context
    .durable()
    .then(() => context.result(id, aborted.signal))
    .then((json) => context.answer(extensionAnswer(url, json)))
    .catch(() => {
      // The workflow has ended, or the engine stops: the next engine continues to wait.
    });
  return { canLeaveMemory: true, goesOn: true, cancel: () => aborted.abort() };
}
