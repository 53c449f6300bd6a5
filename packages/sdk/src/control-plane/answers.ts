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
 * Parses the JSON of a successful response.
 *
 * @throws {RefusedError} if the status is a refusal.
 * @throws {UnexpectedAnswerError} if it is not JSON of this shape.
 */
export function readJson<T>(answer: HttpAnswer, schema: Shape<T>): T {
  expectSuccess(answer);
  return checkShape(answer, parse(answer), schema, serverName);
}

/**
 * @throws {RefusedError} if the status is a refusal.
 * @throws {UnexpectedAnswerError} for a redirect.
 */
export function expectSuccess(answer: HttpAnswer): void {
  if (answer.status >= 400) throw refusal(answer);
  if (answer.status >= 300) throw unexpectedAnswer(answer, "expected success", serverName);
}

/** Whether the server may lack the route, judging by its response. */
export function maybeUnknownRoute(answer: HttpAnswer): boolean {
  return [404, 405, 501].includes(answer.status);
}

/** The JSON in the body; `undefined` if it is not JSON. */
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

/** mvm-ci refuses with a status and a text; @flawless-ts/control-plane with a status, `{"error"}` and a code. */
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
