import type { FastifyReply, FastifyRequest } from "#libraries/fastify";
import { ApiError, type ApiErrorCode } from "./api-error.ts";
import { answerWhileDraining, type DrainLimits, isBodyPending } from "./drain.ts";

/** The header of an error response that contains the error code. */
export const errorCodeHeader = "flawless-error-code";

/** A service's response to a failed request. */
export interface ErrorReply {
  readonly status: number;
  /** The stable error code, sent in the header {@link errorCodeHeader}. */
  readonly code: string;
  /** Additional headers. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The message, and nothing else: the public Rust client (flawless-utils 1.0.0-beta.3) reads responses as one of serde's
   * externally tagged enums, and refuses an object with a second key.
   */
  readonly body: { readonly error: string };
}

/**
 * Maps one of the service's own errors to a response. Undefined for other errors and for internal errors, whose details
 * callers must not see.
 */
export type ExplainError = (error: unknown) => ErrorReply | undefined;

/** The header of a response to a request that may succeed when retried a moment later. */
export const retrySoon: Readonly<Record<string, string>> = { "retry-after": "1" };

/** Unsupported requests don't count as failures of the service: otherwise callers could fill its log. */
const notImplemented = 501;

/** The code while a service shuts down, whoever throws it. Requests that come too late are no failures either. */
const closed: ApiErrorCode = "CLOSED";

const codesOfFrameworkStatuses: Readonly<Record<number, ApiErrorCode>> = {
  413: "BODY_TOO_LARGE",
  414: "URL_TOO_LONG",
  415: "UNSUPPORTED_MEDIA_TYPE",
};

/** Turns any error thrown by a request handler into a response that leaks nothing. */
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

/** Sends the response to a failed request, and logs the failure if it is the server's. */
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
  } else {
    logRefusal(request, error, { status, code });
  }
  const text = JSON.stringify(body);
  void fastifyReply
    .code(status)
    .headers(headers)
    .header(errorCodeHeader, code)
    .header("x-request-id", request.id)
    .type("application/json; charset=utf-8");
  // Fastify asks for this after every body error, even if the body was read completely.
  void fastifyReply.removeHeader("connection");
  if (!isBodyPending(request.raw)) {
    return fastifyReply.send(text);
  }
  return fastifyReply
    .header("connection", "close")
    .header("content-length", Buffer.byteLength(text))
    .send(answerWhileDraining(request.raw, text, limits));
}

/** Logs why a request gets this response: as an error with its stack only if the service has failed. */
export function logRefusal(
  request: FastifyRequest,
  error: unknown,
  { status, code }: Pick<ErrorReply, "status" | "code">,
): void {
  if (status >= 500 && status !== notImplemented && code !== closed) {
    request.log.error({ err: error }, "request failed");
  } else {
    request.log.debug({ status, code }, "request refused");
  }
}

/** Work that was aborted because nobody waits for it anymore is not a failure of the server. */
function isCallerGone(error: unknown, { raw }: FastifyReply): boolean {
  return raw.destroyed && error instanceof Error && error.name === "AbortError";
}

/** A complete HTTP/1.1 response as text, for connections whose request couldn't be read. */
export function rawErrorReply({ status, code, body }: ErrorReply): string {
  const text = JSON.stringify(body);
  // An import would load Node's whole HTTP client (undici) at startup, for a WebSocket that nobody uses.
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

/** Builds an {@link ErrorReply}. */
export function errorReply(
  status: number,
  code: string,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): ErrorReply {
  return { status, code, headers, body: { error } };
}

/** The process or the machine has no file descriptor left. */
function isShortage(error: unknown): boolean {
  // Node's module loader says so only in the message.
  return error instanceof Error && /EMFILE|ENFILE|too many open files/.test(error.message);
}

/** Fastify's own errors. Their messages only describe the request. */
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
