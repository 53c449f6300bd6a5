import type { Authentication } from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";
import { controlPlaneVersion } from "../../version.ts";
import type { ControlPlaneContext } from "../context.ts";
import { askHealth } from "../health.ts";

/** What everybody may ask: version and health. */
export function serviceRoutes(
  context: ControlPlaneContext,
  authentication: Authentication,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get("/version", {
      schema: {
        operationId: "getVersion",
        summary: "The server's version",
        tags: ["service"],
        response: {
          200: {
            description: "The version.",
            content: { "text/plain": { schema: { type: "string" } } },
          },
        },
      },
      handler: async (_request, reply) =>
        reply.type("text/plain; charset=utf-8").send(controlPlaneVersion),
    });

    scope.get("/health", {
      schema: {
        operationId: "getHealth",
        summary: "Whether the control plane and its Flawless server can do their work",
        tags: ["service"],
        response: {
          200: { description: "They can.", $ref: "Health#" },
          503: { description: "They can't now.", $ref: "Health#" },
        },
      },
      handler: async (request, reply) => {
        const { status, reason, store, flawless } = await askHealth(context);
        void reply.code(status === "ok" ? 200 : 503).header("cache-control", "no-store");
        const open = { status, version: controlPlaneVersion };
        return authentication.allows(request)
          ? { ...open, reason, node_id: context.nodeId, store, flawless }
          : open;
      },
    });

    for (const [path, suffix] of [
      ["/hiqlite/health", "FirstForm"],
      ["/health/hiqlite", ""],
    ] as const) {
      scope.get(path, {
        schema: {
          operationId: `getStoreHealth${suffix}`,
          summary: "How the store is",
          description:
            "mvm-ci tells about its hiqlite cluster here. This server keeps everything in one SQLite file: there is one node, which leads while the file can be read.",
          tags: ["service"],
          response: {
            200: {
              description: "The state of the store.",
              type: "object",
              required: ["is_healthy", "node_count", "has_leader", "store"],
              properties: {
                is_healthy: { type: "boolean" },
                node_count: { const: 1 },
                has_leader: { type: "boolean" },
                store: { const: "sqlite" },
              },
            },
          },
        },
        handler: async () => {
          const works = (await askHealth(context)).store.status === "ok";
          return { is_healthy: works, node_count: 1, has_leader: works, store: "sqlite" };
        },
      });
    }
  };
}
