import { errorCodeHeader } from "./error-reply.ts";
import type { JsonSchema } from "./openapi.ts";

/** The schema `Error`: the body of every error response. */
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
    description: "A stable error code.",
    examples: ["INVALID_REQUEST"],
  },
};

const descriptions: Readonly<Record<number, string>> = {
  400: "The request is malformed.",
  401: "A token is needed.",
  403: "The request comes from a web page of another origin.",
  404: "There is no such thing.",
  405: "The route doesn't support this method.",
  409: "The request conflicts with the current state.",
  413: "The body is too large.",
  415: "The route doesn't support the body's media type.",
  422: "The content was refused, or the workflow it started failed.",
  429: "Too many requests or too much work; try again later.",
  500: "The server failed.",
  501: "The server can't do that.",
  503: "The server can't do it now; try again later.",
};

/**
 * The error responses of a route that may require a token: those common to all such routes, and `statuses`. They refer to the
 * schema `Error`.
 */
export function errorResponses(...statuses: readonly number[]): Record<number, JsonSchema> {
  const responses: Record<number, JsonSchema> = {};
  for (const status of [400, 401, 403, 500, 503, ...statuses]) {
    responses[status] = errorResponse(status);
  }
  return responses;
}

/**
 * One error response, for {@link errorResponses}.
 *
 * @param headers the schemas of headers that it may have in addition to the common ones.
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
