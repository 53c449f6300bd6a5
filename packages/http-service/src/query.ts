import type { FastifyRequest } from "#libraries/fastify";
import type { JsonSchema } from "./openapi.ts";

/** The schema of a query string with only these names: otherwise a misspelled filter would list everything. */
export function querySchema(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: "object", additionalProperties: false, properties };
}

/** Query strings are text: turns the digits at `name` into the number that the schema requires. */
export function numberInQuery(name: string): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const values = request.query as Record<string, unknown>;
    const value = values[name];
    if (typeof value === "string" && /^\d{1,15}$/.test(value)) {
      values[name] = Number(value);
    }
  };
}
