import type { FastifyInstance } from "fastify";
import type { Authentication } from "@flawless-ts/http-service";
import type { EngineApi } from "../engine-api.ts";
import { serverVersion } from "../version.ts";

/** What everybody may ask: version and health. */
export function serviceRoutes(
  engine: EngineApi,
  authentication: Authentication,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get("/version", {
      schema: {
        operationId: "getVersion",
        summary: "The server's version",
        tags: ["server"],
        response: {
          200: {
            description: "The version.",
            content: { "text/plain": { schema: { type: "string" } } },
          },
        },
      },
      handler: async (_request, reply) =>
        reply.type("text/plain; charset=utf-8").send(serverVersion),
    });

    scope.get("/health", {
      schema: {
        operationId: "getHealth",
        summary: "Whether the server can do its work",
        tags: ["server"],
        response: {
          200: { description: "It can.", $ref: "Health#" },
          503: { description: "It can't now.", $ref: "Health#" },
        },
      },
      handler: async (request, reply) => {
        const health = engine.health();
        void reply.code(health.status === "ok" ? 200 : 503).header("cache-control", "no-store");
        const open = { status: health.status, version: serverVersion };
        return authentication.allows(request)
          ? { ...open, reason: health.reason, running: health.running }
          : open;
      },
    });
  };
}
