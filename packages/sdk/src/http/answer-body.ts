import { UnexpectedAnswerError } from "../errors/answer-errors.ts";
import type { HttpAnswer } from "./messages.ts";
import { type Shape, ShapeError } from "./shape.ts";

/**
 * Checks what came as JSON.
 *
 * @param serverName what the server should be, for the error: "Flawless server".
 * @throws {UnexpectedAnswerError} when it has another shape.
 */
export function checkShape<T>(
  answer: HttpAnswer,
  value: unknown,
  shape: Shape<T>,
  serverName: string,
): T {
  try {
    return shape(value, "");
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    throw unexpectedAnswer(answer, cause.message, serverName, cause);
  }
}

/** The error for an answer that is none of the API. */
export function unexpectedAnswer(
  answer: HttpAnswer,
  expected: string,
  serverName: string,
  cause?: unknown,
): UnexpectedAnswerError {
  const { method, url, status } = answer;
  const location = answer.headers["location"];
  const came =
    location === undefined
      ? `status ${status} and ${answer.text === "" ? "an empty body" : JSON.stringify(bodyStart(answer))}`
      : `a redirect (${status}) to ${location}, which is not followed: use that address as \`url\``;
  return new UnexpectedAnswerError(
    `Unexpected answer from ${method} ${url}: ${expected}, but got ${came}. Is it a ${serverName}, or a proxy in front of one?`,
    { url, status, bodyStart: bodyStart(answer) },
    cause === undefined ? undefined : { cause },
  );
}

/** As much of a body as errors show. */
export function bodyStart(answer: HttpAnswer): string {
  return answer.text.slice(0, 200);
}

/**
 * The stable name that @flawless-ts/server and @flawless-ts/control-plane give to a failure; `null`: none, as from the
 * original servers. It is in a header because the public Rust client reads no body with a key beside `error`.
 */
export function errorCodeOf(answer: HttpAnswer): string | null {
  return answer.headers["flawless-error-code"] ?? null;
}

/** Whether it is an object with that member of its own. */
export function hasMember<Name extends string>(
  value: unknown,
  name: Name,
): value is Readonly<Record<Name, unknown>> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}

/** That member, if it is text. */
export function textMember(value: unknown, name: string): string | null {
  return hasMember(value, name) && typeof value[name] === "string" ? value[name] : null;
}
