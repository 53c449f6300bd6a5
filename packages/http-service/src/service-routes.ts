import type { FastifyInstance } from "#libraries/fastify";
import type { Authentication } from "./authentication.ts";
import type { JsonSchema, MakeOpenApi } from "./openapi.ts";

/** The health of a service. */
export interface ServiceHealth {
  readonly status: "ok" | "degraded";
  /** What is wrong; null if nothing is. */
  readonly reason: string | null;
}

/** What a service tells everybody about itself. */
export interface ServiceRoutesOptions<Health extends ServiceHealth> {
  readonly version: string;
  /** The OpenAPI tag for these routes. */
  readonly tag: string;
  /** What the health check covers, for the OpenAPI document. */
  readonly healthSummary: string;
  readonly health: () => Promise<Health> | Health;
  /** Who may see more of the health than its status. */
  readonly authentication: Authentication;
}

/** The routes without a token: `/version`, `/health` and `/openapi.json`. They refer to the schema `Health`. */
export function serviceRoutes<Health extends ServiceHealth>({
  version,
  tag,
  healthSummary,
  health,
  authentication,
}: ServiceRoutesOptions<Health>): (scope: FastifyInstance) => Promise<void> {
  const tags = [tag];
  return async (scope) => {
    scope.get("/version", {
      schema: {
        operationId: "getVersion",
        summary: "The server's version",
        tags,
        response: {
          200: {
            description: "The version.",
            content: { "text/plain": { schema: { type: "string" } } },
          },
        },
      },
      handler: async (_request, reply) => reply.type("text/plain; charset=utf-8").send(version),
    });

    scope.get("/health", {
      schema: {
        operationId: "getHealth",
        summary: healthSummary,
        tags,
        response: {
          200: { description: "It is well.", $ref: "Health#" },
          503: { description: "It can't do its work now.", $ref: "Health#" },
        },
      },
      handler: async (request, reply) => {
        const { status, ...details } = await health();
        void reply.code(status === "ok" ? 200 : 503).header("cache-control", "no-store");
        return { status, version, ...(authentication.allows(request) ? details : {}) };
      },
    });

    scope.get("/openapi.json", {
      schema: {
        operationId: "getOpenApi",
        summary: "This document",
        tags,
        response: {
          200: {
            description: "An OpenAPI 3.1 document.",
            type: "object",
            additionalProperties: true,
          },
        },
      },
      handler: async () => scope.getDecorator<MakeOpenApi>("openApi")(),
    });
  };
}

/**
 * The schema `Health`.
 *
 * @param details what callers with a token see in addition to the status and the reason
 */
export function healthSchema(details: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    $id: "Health",
    type: "object",
    required: ["status", "version"],
    properties: {
      status: { type: "string", enum: ["ok", "degraded"] },
      version: { type: "string" },
      reason: {
        type: ["string", "null"],
        description:
          "What is wrong. If the server requires a token, callers without one see only the status.",
      },
      ...details,
    },
  };
}
