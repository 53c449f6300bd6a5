import {
  durationToMilliseconds,
  type HostAnswerOf,
  type HttpRequest,
  type HttpResponse,
  type HttpTransportErrorKind,
} from "@flawless-ts/wasm-module";
import type { ResolvedRetryOptions } from "@flawless-ts/wasm-module/internal";
import { type Clock, minStandstillMs } from "../time/clock.ts";
import {
  type HttpClient,
  HttpTransportFailure,
  type IncomingResponse,
  type OutgoingRequest,
} from "../network/http-client.ts";

/** Failures after which a retry may succeed. */
const passingFailures = new Set<HttpTransportErrorKind>(["Dns", "ConnectionFailed", "Io"]);
/** The max size of a response body, whatever the guest asks for: in base64 it must fit into its memory. */
const maxBodyBytes = 128 * 2 ** 20;

/** What is needed to send requests. */
export interface HttpExchange {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly retry: ResolvedRetryOptions;
}

/** The answer for a request that was in progress when the server stopped, and must not be retried. */
export function interruptedRequest({ url }: HttpRequest): HostAnswerOf<"HTTPResponse"> {
  const message =
    "the server stopped while this request was under way: whether it had an effect is unknown";
  return transportError("RequestInterrupted", message, url);
}

/** The answer for a request that was aborted, or not sent, because its workflow was asked to cancel. */
export function cancelledRequest({ url }: HttpRequest): HostAnswerOf<"HTTPResponse"> {
  return transportError("Io", "the workflow was asked to cancel", url);
}

/**
 * Sends a guest's request, and retries it if that is harmless and may help.
 *
 * @param ended aborted when the workflow no longer wants an answer
 */
export async function exchange(
  sent: HttpRequest,
  context: HttpExchange,
  ended: AbortSignal,
): Promise<HostAnswerOf<"HTTPResponse">> {
  const { config, method, url, headers } = sent;
  const body = Buffer.from(sent.body, "base64");
  const attempts = config.idempotent ? context.retry.attempts : 1;
  let delayMs = context.retry.initialDelayMs;
  for (let attempt = 1; ; attempt += 1) {
    // The workflow may have been cancelled while its journal was written, or during a pause.
    ended.throwIfAborted();
    const { answer, isFinal } = await sendOnce(
      { method, url, headers, body, idempotent: config.idempotent },
      sent,
      context,
      ended,
    );
    const failed =
      answer.result.kind === "Transport" &&
      !isFinal &&
      passingFailures.has(answer.result.error.kind);
    if (!failed || attempt >= attempts || ended.aborted) {
      return answer;
    }
    await pause(context.clock, delayMs, ended);
    delayMs = Math.min(delayMs * 2, context.retry.maxDelayMs);
  }
}

async function sendOnce(
  request: OutgoingRequest,
  { config, url }: HttpRequest,
  context: HttpExchange,
  ended: AbortSignal,
): Promise<{ readonly answer: HostAnswerOf<"HTTPResponse">; readonly isFinal: boolean }> {
  const passing = (
    answer: HostAnswerOf<"HTTPResponse">,
  ): { answer: HostAnswerOf<"HTTPResponse">; isFinal: boolean } => ({
    answer,
    isFinal: false,
  });
  const limit = config.responseBodyLimit;
  const bodyLimitBytes = limit > BigInt(maxBodyBytes) ? maxBodyBytes : Number(limit);
  const timeoutMs = durationToMilliseconds(config.timeout);
  const stopped = new AbortController();
  // A client that ignores its signal must not keep the guest waiting.
  const given = Promise.withResolvers<never>();
  let timedOut = false;
  const stop = (): void => {
    stopped.abort();
    given.reject(stopped.signal.reason);
  };
  const timeIsUp = (): void => {
    timedOut = true;
    stop();
  };
  const cancelTimer = setTimeLimit(context.clock, timeoutMs, timeIsUp);
  // AbortSignal.any() would cost as much as the rest of this function.
  ended.addEventListener("abort", stop, { once: true });
  try {
    const sent = context.http.send(request, { signal: stopped.signal, bodyLimitBytes });
    return passing(responseAnswer(await Promise.race([sent, given.promise]), bodyLimitBytes));
  } catch (error) {
    if (timedOut) {
      return passing(transportError("Io", `the request timed out after ${timeoutMs} ms`, url));
    }
    if (error instanceof HttpTransportFailure) {
      const answer = transportError(error.kind, error.message, error.url ?? url);
      return { answer, isFinal: error.final };
    }
    return passing(
      transportError("Io", error instanceof Error ? error.message : String(error), url),
    );
  } finally {
    cancelTimer();
    ended.removeEventListener("abort", stop);
  }
}

function responseAnswer(
  response: IncomingResponse,
  bodyLimitBytes: number,
): HostAnswerOf<"HTTPResponse"> {
  const { statusCode, url, headers, body } = response;
  const bodyBytes = Math.min(body.length, bodyLimitBytes);
  const seen: HttpResponse = {
    statusCode,
    url,
    headers: headers.map(([name, value]) => [name.toLowerCase(), value] as const),
    body: Buffer.from(body.buffer, body.byteOffset, bodyBytes).toString("base64"),
  };
  return {
    kind: "HTTPResponse",
    result:
      statusCode >= 400
        ? { kind: "Status", statusCode, response: seen }
        : { kind: "Ok", response: seen },
  };
}

function transportError(
  kind: HttpTransportErrorKind,
  message: string,
  url: string,
): HostAnswerOf<"HTTPResponse"> {
  return { kind: "HTTPResponse", result: { kind: "Transport", error: { kind, message, url } } };
}

/**
 * If the timer fires late, the process was stopped or the machine suspended. Then the request gets that time again,
 * at most the full limit, because its response may yet have to be read.
 *
 * @returns cancels the timer
 */
function setTimeLimit(clock: Clock, limitMs: number, timeIsUp: () => void): () => void {
  const due = clock.now() + limitMs;
  let cancel = clock.setTimer(due, () => {
    const lateMs = clock.now() - due;
    if (lateMs < minStandstillMs) {
      timeIsUp();
    } else {
      cancel = clock.setTimer(clock.now() + Math.min(lateMs, limitMs), timeIsUp);
    }
  });
  return () => cancel();
}

/** Waits on the engine's clock, or until the workflow ends. */
function pause(clock: Clock, delayMs: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(clock.now() + delayMs, resolve);
    ended.addEventListener("abort", () => {
      cancel();
      resolve();
    });
  });
}
