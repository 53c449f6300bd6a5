import { answered, type WaitingCall, type WaitingCallContext } from "./waiting-call.ts";

/**
 * Begins a call that takes no message itself. While a message that asks the workflow to cancel is waiting, such a
 * call ends, or doesn't begin, so that the workflow gets to take the message.
 *
 * @param answer tells the guest why the call ended
 */
export function endedByCancelling(
  context: WaitingCallContext,
  begin: () => WaitingCall,
  answer: () => void,
): WaitingCall {
  if (context.cancelAsked) {
    answer();
    return answered;
  }
  const call = begin();
  return {
    ...call,
    cancelCame: () => {
      call.cancel?.();
      answer();
    },
  };
}

/** Begins a call that may be answered with the message that asks the workflow to cancel, if its module accepts that. */
export function orCancelled(context: WaitingCallContext, begin: () => WaitingCall): WaitingCall {
  const take = (): boolean => {
    const message = context.takeCancel();
    if (message !== undefined) {
      context.answer({ kind: "Message", type: message.type, json: message.data });
    }
    return message !== undefined;
  };
  return take() ? answered : { ...begin(), cancelCame: take };
}
