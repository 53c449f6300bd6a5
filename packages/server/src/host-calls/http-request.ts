import type { HostAnswerOf, HostCallOf, HttpRequest } from "@flawless-ts/wasm-module";
import { endedByCancelling } from "./ended-by-cancelling.ts";
import { cancelledRequest, exchange, interruptedRequest } from "./http-exchange.ts";
import {
  answered,
  leftToNextEngine,
  type WaitingCall,
  type WaitingCallContext,
} from "./waiting-call.ts";

/** Sends a request, and answers with its outcome. */
export function httpRequest(
  { request }: HostCallOf<"HTTPRequest">,
  context: WaitingCallContext,
): WaitingCall {
  const answer = (of: HostAnswerOf<"HTTPResponse">): void => context.answer(of);
  const send = (): WaitingCall => sendRequest(request, context, answer);
  return endedByCancelling(context, send, () => answer(cancelledRequest(request)));
}

/**
 * The request is in the journal before it is sent. If it is still open after a crash, it is retried if
 * that is harmless; otherwise the guest is told that it was interrupted.
 */
export function sendRequest(
  request: HttpRequest,
  context: WaitingCallContext,
  answer: (answer: HostAnswerOf<"HTTPResponse">) => void,
): WaitingCall {
  const { config, method, url } = request;
  if (context.detail !== null && !config.idempotent) {
    answer(interruptedRequest(request));
    return answered;
  }
  if (!config.idempotent && context.sentOnce.isShut) {
    return leftToNextEngine;
  }
  const over = config.idempotent ? undefined : context.sentOnce.enter();
  if (context.detail === null) {
    context.record("sent");
  }
  context.waitsFor({ on: "http", method, url }, 0);
  const ended = new AbortController();
  void (async () => {
    await context.durable();
    const response = await exchange(request, context, ended.signal);
    if (!ended.signal.aborted) {
      answer(response);
    }
  })()
    .catch(() => {
      // The workflow has ended, or its journal can't be written, which the engine itself reports.
    })
    .finally(over);
  return { canLeaveMemory: false, cancel: () => ended.abort() };
}
