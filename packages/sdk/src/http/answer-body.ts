import { UnexpectedAnswerError } from "../errors/answer-errors.ts";
import type { HttpAnswer } from "./messages.ts";
import { type Shape, ShapeError } from "./shape.ts";

/**
 * Checks a JSON value.
 *
 * @param serverName the expected kind of server, for the error: "Flawless server".
 * @throws {UnexpectedAnswerError} if it has another shape.
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

/** The error for a response that is not the API's. */
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

/** The part of a body that errors show. */
export function bodyStart(answer: HttpAnswer): string {
  return answer.text.slice(0, 200);
}

/**
 * The stable code of a failure from @flawless-ts/server and @flawless-ts/control-plane; `null` from the original
 * servers, which have none. It is in a header because the public Rust client can't parse a body with keys other than
 * `error`.
 */
export function errorCodeOf(answer: HttpAnswer): string | null {
  return answer.headers["flawless-error-code"] ?? null;
}

/** Whether it is an object with this own member. */
export function hasMember<Name extends string>(
  value: unknown,
  name: Name,
): value is Readonly<Record<Name, unknown>> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}

/** This member, if it is a string. */
export function textMember(value: unknown, name: string): string | null {
  return hasMember(value, name) && typeof value[name] === "string" ? value[name] : null;
}
