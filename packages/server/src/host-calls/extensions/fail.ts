import { boundedError, headOf } from "../../workflow/thrown-error.ts";
import { answered, type WaitingCall, type WaitingCallContext } from "../waiting-call.ts";
import { membersOf } from "./request-members.ts";

/** In the journal: the last step of the workflow, which gets no answer. */
const ended = "failed";

/** Ends the workflow with an error that it reports. */
export function fail(body: unknown, context: WaitingCallContext): WaitingCall {
  const { error } = membersOf(body, "The body");
  const thrown = boundedError(membersOf(error, "error"));
  if (context.detail === null) {
    context.record(ended);
  }
  context.fail(headOf(thrown), "THROWN", thrown);
  return answered;
}
