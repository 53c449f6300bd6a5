import type { HostAnswerOf, HostCallOf, HttpRequest } from "@flawless-ts/wasm-module";
import { endedByCancelling } from "./ended-by-cancelling.ts";
import { cancelledRequest, exchange, interruptedRequest } from "./http-exchange.ts";
import type { SentStep } from "./outcomes.ts";
import { answered, type WaitingCall, type WaitingCallContext } from "./waiting-call.ts";

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
 * that is harmless; otherwise the guest is told that it was interrupted. If the engine that sent it was closed instead,
 * its outcome follows.
 */
export function sendRequest(
  request: HttpRequest,
  context: WaitingCallContext,
  answer: (answer: HostAnswerOf<"HTTPResponse">) => void,
): WaitingCall {
  const { config, method, url } = request;
  if (context.detail !== null && !config.idempotent) {
    return followRequest(request, context, answer);
  }
  if (context.detail === null) {
    context.record("sent");
  }
  context.waitsFor({ on: "http", method, url }, 0);
  const ended = new AbortController();
  const abort = (): void => ended.abort();
  const sent = config.idempotent
    ? undefined
    : context.sentOnce.begin({
        ...stepOf(context),
        request,
        abort,
        note: (note) => {
          context.progress(note);
          // If it can't be saved, the request is interrupted.
          context.durable().catch(() => undefined);
        },
      });
  void (async () => {
    await context.durable();
    const response = await exchange(request, context, ended.signal);
    if (!ended.signal.aborted && sent?.isForNext(response) !== true) {
      answer(response);
    }
  })()
    .catch(() => {
      // The workflow has ended, or its journal can't be written, which the engine itself reports.
    })
    .finally(sent?.end);
  return { canLeaveMemory: false, cancel: sent?.cancel ?? abort };
}

/** An earlier engine sent the request, and the guest has no answer yet. */
function followRequest(
  request: HttpRequest,
  context: WaitingCallContext,
  answer: (answer: HostAnswerOf<"HTTPResponse">) => void,
): WaitingCall {
  const { method, url } = request;
  const { detail, sentOnce } = context;
  const sent = stepOf(context);
  const left = new AbortController();
  const following = sentOnce.following(sent, request, detail, left.signal);
  if (following === undefined) {
    answer(interruptedRequest(request));
    return answered;
  }
  context.waitsFor({ on: "http", method, url }, 0);
  void (async () => {
    answer(await following);
    await context.durable();
    sentOnce.recorded(sent);
  })().catch(() => {
    // The workflow has ended, or the engine stops: the next one continues to wait.
  });
  return { canLeaveMemory: false, cancel: () => left.abort() };
}

function stepOf(context: WaitingCallContext): SentStep {
  return { workflow: context.workflowId, key: context.key() };
}
