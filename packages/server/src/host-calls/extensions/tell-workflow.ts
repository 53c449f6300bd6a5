import { writeJson } from "@flawless-ts/wasm-module";
import type { WaitingCall, WaitingCallContext } from "../waiting-call.ts";
import { extensionAnswer, refusal } from "./extension-answer.ts";
import type { Telling } from "./other-workflows.ts";
import { membersOf, text } from "./request-members.ts";

/** Sends another workflow a message. */
export function send(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  const { data, type } = membersOf(body, "The body");
  const message = { type: text("type", type), data: writeJson(data ?? null) };
  return tell(body, { kind: "message", ...message }, context, url);
}

/** Asks another workflow to cancel. */
export function cancel(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  return tell(body, { kind: "cancel" }, context, url);
}

/** Ends another workflow immediately. */
export function terminate(body: unknown, context: WaitingCallContext, url: string): WaitingCall {
  return tell(body, { kind: "terminate" }, context, url);
}

function tell(
  body: unknown,
  telling: Telling,
  context: WaitingCallContext,
  url: string,
): WaitingCall {
  const id = text("id", membersOf(body, "The body")["id"]);
  const leave = context.tell(id, telling, (refused) => {
    context.answer(refused === undefined ? extensionAnswer(url, "{}") : refusal(url, refused));
  });
  // Nothing is recorded before the answer: after a crash the guest makes the call again.
  return { canLeaveMemory: false, cancel: leave };
}
