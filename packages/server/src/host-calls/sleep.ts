import type { HostCallOf } from "@flawless-ts/wasm-module";
import { deadlineAfter, toIsoTime } from "./deadline.ts";
import { answered, type WaitingCall, type WaitingCallContext } from "./waiting-call.ts";

/** The deadline is recorded before the wait begins, so the time that a server is down counts. */
export function sleep(
  call: Pick<HostCallOf<"Sleep">, "duration">,
  context: WaitingCallContext,
  wakeUp: () => void = () => context.answer({ kind: "Unit" }),
): WaitingCall {
  const now = context.clock.now();
  const recorded = context.detail === null ? undefined : Number(context.detail);
  const deadline = recorded ?? deadlineAfter(now, call.duration);
  if (deadline <= now) {
    wakeUp();
    return answered;
  }
  if (recorded === undefined) {
    context.record(String(deadline));
  }
  context.waitsFor({ on: "sleep", until: toIsoTime(deadline) }, deadline);
  return { canLeaveMemory: true, timeCame: wakeUp };
}
