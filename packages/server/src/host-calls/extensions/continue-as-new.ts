import { writeJson } from "@flawless-ts/wasm-module";
import { answered, type WaitingCall, type WaitingCallContext } from "../waiting-call.ts";
import { ExtensionError } from "./extension-answer.ts";
import { membersOf } from "./request-members.ts";

/** Ends this run of the workflow, and begins the next one with another input and an empty journal. */
export function continueAsNew(body: unknown, context: WaitingCallContext): WaitingCall {
  const { input } = membersOf(body, "The body");
  const text = writeJson(input ?? null);
  const { textCharacters } = context.limits;
  if (text.length > textCharacters) {
    throw new ExtensionError(
      413,
      "LIMIT_REACHED",
      `The input has ${text.length} characters, more than the limit textCharacters allows: ${textCharacters}.`,
    );
  }
  context.continueWith(text);
  return answered;
}
