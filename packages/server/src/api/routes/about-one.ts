import { errorResponses, querySchema, tokenSecurity } from "@flawless-ts/http-service";
import { idParameter, okResponse } from "../schemas/responses.ts";

/** The common OpenAPI parts of a route for one workflow. @param statuses in addition to 404 */
export function aboutOne(
  operationId: string,
  summary: string,
  success: string,
  schema: string,
  ...statuses: readonly number[]
): Record<string, unknown> {
  return {
    operationId,
    summary,
    tags: ["workflows"],
    security: tokenSecurity,
    params: idParameter,
    querystring: querySchema({}),
    response: { 200: okResponse(success, { $ref: schema }), ...errorResponses(404, ...statuses) },
  };
}
