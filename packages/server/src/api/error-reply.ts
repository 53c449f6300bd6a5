import { STATUS_CODES } from "node:http";
import { FlawlessError } from "@flawless-ts/wasm-module";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { EngineErrorCode } from "../errors.ts";
import { ApiError, type ApiErrorCode } from "./api-error.ts";
import type { ResolvedApiLimits } from "./api-options.ts";
import { answerWhileDraining, isBodyPending } from "./drain.ts";

/** What the API answers to a failed request. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The real client reads `error`; `code` is this server's addition. */
  readonly body: {
    readonly error: string;
    readonly code: string;
    /** The workflow that was started before the request failed. */
    readonly id?: string;
  };
}

/** Codes of the engine that are missing here are the server's own trouble: status 500 and no details. */
const engineStatuses: Readonly<Partial<Record<EngineErrorCode, number>>> = {
  INVALID_REQUEST: 400,
  MODULE_NOT_FOUND: 404,
  WORKFLOW_NOT_FOUND: 404,
  MODULE_CONFLICT: 409,
  IDEMPOTENCY_CONFLICT: 409,
  WORKFLOW_ENDED: 409,
  WORKFLOW_CANCELLED: 409,
  MODULE_REFUSED: 422,
  WORKFLOW_FAILED: 422,
  LIMIT_REACHED: 429,
  JOURNAL_UNAVAILABLE: 503,
  CLOSED: 503,
};

const codesOfFrameworkStatuses: Readonly<Record<number, ApiErrorCode>> = {
  413: "BODY_TOO_LARGE",
  414: "URL_TOO_LONG",
  415: "UNSUPPORTED_MEDIA_TYPE",
};

/** Turns whatever was thrown while a request was handled into an answer that gives nothing away. */
export function toErrorReply(error: unknown, requestId: string): ErrorReply {
  if (error instanceof ApiError) {
    return reply(error.status, error.code, error.message, error.headers);
  }
  if (FlawlessError.is(error) && error._tag === "EngineError") {
    const status = engineStatuses[error.code as EngineErrorCode];
    if (status !== undefined) {
      const retry = status === 429 || status === 503;
      const answer = reply(status, error.code, error.message, retry ? { "retry-after": "1" } : {});
      return { ...answer, body: { ...answer.body, ...workflowIdOf(error) } };
    }
  }
  if (isFrameworkError(error)) {
    const code = codesOfFrameworkStatuses[error.statusCode] ?? "INVALID_REQUEST";
    return reply(code === "INVALID_REQUEST" ? 400 : error.statusCode, code, error.message);
  }
  return reply(
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
  limits: ResolvedApiLimits,
): FastifyReply {
  const { status, headers, body } = toErrorReply(error, request.id);
  if (status >= 500) {
    request.log.error({ err: error }, "request failed");
  } else {
    request.log.debug({ status, code: body.code }, "request refused");
  }
  const text = JSON.stringify(body);
  void fastifyReply
    .code(status)
    .headers(headers)
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

/** A whole HTTP/1.1 answer as text, for connections on which no request could be read. */
export function rawErrorReply({ status, body }: ErrorReply): string {
  const text = JSON.stringify(body);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
    "Connection: close",
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "",
    text,
  ].join("\r\n");
}

function reply(
  status: number,
  code: string,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): ErrorReply {
  return { status, headers, body: { error, code } };
}

function workflowIdOf(error: object): { readonly id?: string } {
  return "workflowId" in error && typeof error.workflowId === "string"
    ? { id: error.workflowId }
    : {};
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
