import { writeJson } from "@flawless-ts/wasm-module";
import { answered, type WaitingCall, type WaitingCallContext } from "../waiting-call.ts";
import { extensionAnswer, ExtensionError } from "./extension-answer.ts";
import { membersOf } from "./request-members.ts";

/** The name under which a workflow's published state is stored. */
export const stateNote = "state";

/** Publishes the state that clients can read. */
export function publishState(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const { value } = membersOf(body, "The body");
  if (value === undefined) {
    throw ExtensionError.invalid("value: expected the state as any JSON, but got nothing.");
  }
  const json = writeJson(value);
  const bytes = Buffer.byteLength(json);
  if (bytes > context.limits.stateBytes) {
    throw new ExtensionError(
      413,
      "LIMIT_REACHED",
      `The state has ${bytes} bytes of JSON; the limit stateBytes allows ${context.limits.stateBytes}.`,
    );
  }
  // In one transaction with the step.
  context.note(stateNote, json);
  context.answer(extensionAnswer(url, "{}"));
  return answered;
}
