import type { HostCallOf } from "@flawless-ts/wasm-module";
import type { WorkflowWaiting } from "@flawless-ts/sdk";
import { cancelMessage } from "./cancel-message.ts";
import { deadlineAfter, toIsoTime } from "./deadline.ts";
import { answered, type WaitingCall, type WaitingCallContext } from "./waiting-call.ts";

/** The detail in the journal of a wait without a timeout. */
const noDeadline = "none";

/** Takes the oldest message of a requested type; others stay in the mailbox. */
export function recvMessage(
  call: HostCallOf<"RecvMessage">,
  context: WaitingCallContext,
): WaitingCall {
  const take = (): boolean => {
    const message = context.takeMessage(call.types);
    if (message !== undefined) {
      context.answer({ kind: "Message", type: message.type, json: message.data });
    }
    return message !== undefined;
  };
  if (take()) {
    return answered;
  }
  const now = context.clock.now();
  const deadline = deadlineOf(call, context.detail, now);
  if (deadline !== null && deadline <= now) {
    context.answer({ kind: "Timeout" });
    return answered;
  }
  if (context.detail === null) {
    context.record(deadline === null ? noDeadline : String(deadline));
  }
  const until = deadline === null ? null : toIsoTime(deadline);
  context.waitsFor(waitsForMessage(call.types, until), deadline);
  return {
    canLeaveMemory: true,
    timeCame: () => context.answer({ kind: "Timeout" }),
    messageCame: () => void take(),
  };
}

/** The wait as it is shown: without the cancel message, which any workflow may get. */
export function waitsForMessage(types: readonly string[], until: string | null): WorkflowWaiting {
  const shown = types.filter((type) => type !== cancelMessage);
  return shown.length === 0 && types.length > 0 && until !== null
    ? { on: "sleep", until }
    : { on: "message", types: shown, until };
}

function deadlineOf(
  call: HostCallOf<"RecvMessage">,
  detail: string | null,
  now: number,
): number | null {
  if (detail !== null) {
    return detail === noDeadline ? null : Number(detail);
  }
  return call.timeout === null ? null : deadlineAfter(now, call.timeout);
}
