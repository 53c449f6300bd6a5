import { errorCodeHeader } from "./error-reply.ts";
import type { JsonSchema } from "./openapi.ts";

/** The schema `Error`: the body of every failure. */
export const errorSchema: JsonSchema = {
  $id: "Error",
  type: "object",
  required: ["error"],
  properties: {
    error: { type: "string", description: "What was expected, what came, and what to do." },
  },
  additionalProperties: false,
};

const errorHeaders: Readonly<Record<string, JsonSchema>> = {
  [errorCodeHeader]: {
    type: "string",
    description: "A stable name for what went wrong.",
    examples: ["INVALID_REQUEST"],
  },
};

const descriptions: Readonly<Record<number, string>> = {
  400: "The request is malformed.",
  401: "A token is needed.",
  403: "The request comes from a web page of another origin.",
  404: "There is no such thing.",
  405: "The route does not take this method.",
  409: "It does not fit the state of things.",
  413: "The body is too large.",
  415: "The body's media type is not the one this route takes.",
  422: "What was sent was refused, or what it started failed.",
  429: "There is too much going on; try again later.",
  500: "The server failed.",
  501: "The server can't do that.",
  503: "The server can't do it now; try again later.",
};

/**
 * The error responses of a route that may want a token: those that every one has, and `statuses`. They refer to the
 * service's schema `Error`.
 */
export function errorResponses(...statuses: readonly number[]): Record<number, JsonSchema> {
  const responses: Record<number, JsonSchema> = {};
  for (const status of [400, 401, 403, 500, 503, ...statuses]) {
    responses[status] = errorResponse(status);
  }
  return responses;
}

/**
 * One error response, as {@link errorResponses} has them.
 *
 * @param headers the schemas of headers that it may have beside those of every error.
 */
export function errorResponse(
  status: number,
  headers: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    description: descriptions[status],
    headers: { ...errorHeaders, ...headers },
    $ref: "Error#",
  };
}
