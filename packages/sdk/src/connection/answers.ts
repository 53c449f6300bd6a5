import { parseJson } from "@flawless-ts/wasm-module/internal/client";
import type { Shape } from "../http/shape.ts";
import type { RefusedError } from "../errors/refusals.ts";
import type { UnexpectedAnswerError } from "../errors/answer-errors.ts";
import { refusalFromAnswer } from "../errors/refusal-from-answer.ts";
import {
  bodyStart,
  checkShape,
  errorCodeOf,
  hasMember,
  unexpectedAnswer,
} from "../http/answer-body.ts";
import type { HttpAnswer } from "../http/messages.ts";

/**
 * Parses a server's successful response.
 *
 * @throws {RefusedError} if it responds with `{"error": text}`.
 * @throws {UnexpectedAnswerError} if it is neither.
 */
export function readOk<T>(answer: HttpAnswer, schema: Shape<T>): T {
  const body = readBody(answer);
  if (!hasMember(body, "ok")) throw unexpected(answer, 'expected {"ok": ...} or {"error": ...}');
  return readShape(answer, body.ok, schema);
}

/** Parses a response without an envelope, with the same errors as {@link readOk}. */
export function readPlain<T>(answer: HttpAnswer, schema: Shape<T>): T {
  return readShape(answer, readBody(answer), schema);
}

/** Parses a server's response to a message: `"ok"`. */
export function readAcknowledgement(answer: HttpAnswer): void {
  const body = readBody(answer);
  if (body !== "ok" && !hasMember(body, "ok"))
    throw unexpected(answer, 'expected "ok" or {"error": ...}');
}

export function readBody(answer: HttpAnswer): unknown {
  let body: unknown;
  try {
    body = parseJson(answer.text);
  } catch (cause) {
    throw unauthorized(answer) ?? unexpected(answer, "expected JSON", cause);
  }
  const refusal = readRefusal(answer, body) ?? unauthorized(answer);
  if (refusal !== undefined) throw refusal;
  return body;
}

function readShape<T>(answer: HttpAnswer, value: unknown, schema: Shape<T>): T {
  return checkShape(answer, value, schema, "Flawless server");
}

export function readRefusal(answer: HttpAnswer, body: unknown): RefusedError | undefined {
  if (!hasMember(body, "error") || typeof body.error !== "string") return undefined;
  return refusalFromAnswer({
    url: answer.url,
    status: answer.status,
    serverCode: errorCodeOf(answer),
    serverMessage: body.error,
    workflowId: answer.headers["flawless-workflow-id"] ?? null,
  });
}

/** A proxy that wants credentials may not speak the Flawless API. */
function unauthorized(answer: HttpAnswer): RefusedError | undefined {
  if (answer.status !== 401) return undefined;
  const serverMessage = bodyStart(answer);
  return refusalFromAnswer({
    url: answer.url,
    status: 401,
    serverCode: null,
    serverMessage,
    workflowId: null,
  });
}

export function unexpected(
  answer: HttpAnswer,
  expected: string,
  cause?: unknown,
): UnexpectedAnswerError {
  return unexpectedAnswer(answer, expected, "Flawless server", cause);
}
