import { refusalFromStatus } from "../errors/refusal-from-answer.ts";
import { parseJson, type FlawlessError } from "@flawless-ts/wasm-module/internal/client";
import {
  bodyStart,
  checkShape,
  errorCodeOf,
  textMember,
  unexpectedAnswer,
} from "../http/answer-body.ts";
import type { HttpAnswer } from "../http/messages.ts";
import type { Shape } from "../http/shape.ts";

const serverName = "control plane";

/**
 * Reads the JSON of a successful answer.
 *
 * @throws {RefusedError} when the status tells of a refusal.
 * @throws {UnexpectedAnswerError} when it is not JSON of that shape.
 */
export function readJson<T>(answer: HttpAnswer, schema: Shape<T>): T {
  expectSuccess(answer);
  return checkShape(answer, parse(answer), schema, serverName);
}

/**
 * @throws {RefusedError} when the status tells of a refusal.
 * @throws {UnexpectedAnswerError} for a redirect.
 */
export function expectSuccess(answer: HttpAnswer): void {
  if (answer.status >= 400) throw refusal(answer);
  if (answer.status >= 300) throw unexpectedAnswer(answer, "expected success", serverName);
}

/** Whether the server may have no such route, going by its answer. */
export function maybeUnknownRoute(answer: HttpAnswer): boolean {
  return [404, 405, 501].includes(answer.status);
}

/** The JSON in the body; `undefined` when it is none. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}

function parse(answer: HttpAnswer): unknown {
  try {
    return parseJson(answer.text);
  } catch (cause) {
    throw unexpectedAnswer(answer, "expected JSON", serverName, cause);
  }
}

/** mvm-ci refuses by a status and a text; @flawless-ts/control-plane by a status, `{"error"}` and a code. */
function refusal(answer: HttpAnswer): FlawlessError {
  const body = jsonOf(answer);
  const { url, status } = answer;
  return refusalFromStatus({
    url,
    status,
    serverCode: errorCodeOf(answer),
    serverMessage: `${textMember(body, "error") ?? (bodyStart(answer) || "no reason given")} (status ${status})`,
    workflowId: null,
  });
}
