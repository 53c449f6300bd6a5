import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError, type ApiErrorCode } from "./api-error.ts";
import { answerWhileDraining, type DrainLimits, isBodyPending } from "./drain.ts";

/** The header of a failure's answer that tells its code. */
export const errorCodeHeader = "flawless-error-code";

/** What a service answers to a failed request. */
export interface ErrorReply {
  readonly status: number;
  /** A stable name, which the answer tells in the header {@link errorCodeHeader}. */
  readonly code: string;
  /** Further headers. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * A text for people, and nothing beside it: the public Rust client (flawless-utils 1.0.0-beta.3) reads answers as an
   * externally tagged enum of serde, and refuses an object with a second key.
   */
  readonly body: { readonly error: string };
}

/**
 * Tells how a service answers an error of its own; undefined where the error is none of them, or is the server's own
 * trouble, of which callers learn nothing.
 */
export type ExplainError = (error: unknown) => ErrorReply | undefined;

/** The header of an answer to a request that may succeed when it is sent again in a moment. */
export const retrySoon: Readonly<Record<string, string>> = { "retry-after": "1" };

/** What a service never does is no failure of it: callers could fill its log with them. */
const notImplemented = 501;

const codesOfFrameworkStatuses: Readonly<Record<number, ApiErrorCode>> = {
  413: "BODY_TOO_LARGE",
  414: "URL_TOO_LONG",
  415: "UNSUPPORTED_MEDIA_TYPE",
};

/** Turns whatever was thrown while a request was handled into an answer that gives nothing away. */
export function toErrorReply(
  error: unknown,
  requestId: string,
  explain: ExplainError = () => undefined,
): ErrorReply {
  if (error instanceof ApiError) {
    const retry = error.status === 429 || error.status === 503 ? retrySoon : {};
    return errorReply(error.status, error.code, error.message, { ...retry, ...error.headers });
  }
  const explained = explain(error);
  if (explained !== undefined) {
    return explained;
  }
  if (isFrameworkError(error)) {
    const code = codesOfFrameworkStatuses[error.statusCode] ?? "INVALID_REQUEST";
    return errorReply(code === "INVALID_REQUEST" ? 400 : error.statusCode, code, error.message);
  }
  if (isShortage(error)) {
    const text = "The server has as many files and connections open as it may. Try again soon.";
    return errorReply(503, "LIMIT_REACHED", text, retrySoon);
  }
  return errorReply(
    500,
    "INTERNAL",
    `The server failed unexpectedly. Its log tells more under the request id ${requestId}.`,
  );
}

/** Sends the answer to a failed request, and logs the failure where it is the server's. */
export function sendErrorReply(
  request: FastifyRequest,
  fastifyReply: FastifyReply,
  error: unknown,
  limits: DrainLimits,
  explain?: ExplainError,
): FastifyReply {
  const { status, code, headers, body } = toErrorReply(error, request.id, explain);
  if (isCallerGone(error, fastifyReply)) {
    request.log.debug("the caller has gone");
  } else if (status >= 500 && status !== notImplemented) {
    request.log.error({ err: error }, "request failed");
  } else {
    request.log.debug({ status, code }, "request refused");
  }
  const text = JSON.stringify(body);
  void fastifyReply
    .code(status)
    .headers(headers)
    .header(errorCodeHeader, code)
    .header("x-request-id", request.id)
    .type("application/json; charset=utf-8");
  // Fastify asks for this after every error of a body, even one that was read to its end.
  void fastifyReply.removeHeader("connection");
  if (!isBodyPending(request.raw)) {
    return fastifyReply.send(text);
  }
  return fastifyReply
    .header("connection", "close")
    .header("content-length", Buffer.byteLength(text))
    .send(answerWhileDraining(request.raw, text, limits));
}

/** What was given up because nobody waits for it any more is no failure of the server's. */
function isCallerGone(error: unknown, { raw }: FastifyReply): boolean {
  return raw.destroyed && error instanceof Error && error.name === "AbortError";
}

/** A whole HTTP/1.1 answer as text, for connections on which no request could be read. */
export function rawErrorReply({ status, code, body }: ErrorReply): string {
  const text = JSON.stringify(body);
  // An import of it would load Node's whole HTTP client (undici) at the start, for a WebSocket that nobody uses.
  const { STATUS_CODES } = process.getBuiltinModule("node:http");
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
    "Connection: close",
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(text)}`,
    `${errorCodeHeader}: ${code}`,
    "",
    text,
  ].join("\r\n");
}

/** An {@link ErrorReply} out of its parts. */
export function errorReply(
  status: number,
  code: string,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): ErrorReply {
  return { status, code, headers, body: { error } };
}

/** The process, or its machine, has no file descriptor left: others have to close theirs. */
function isShortage(error: unknown): boolean {
  // Node's loader of modules tells it in a message only.
  return error instanceof Error && /EMFILE|ENFILE|too many open files/.test(error.message);
}

/** Fastify's own refusals; their messages are about the request alone. */
function isFrameworkError(error: unknown): error is Error & { readonly statusCode: number } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("FST_") &&
    "statusCode" in error &&
    typeof error.statusCode === "number" &&
    error.statusCode >= 400 &&
    error.statusCode < 500
  );
}
