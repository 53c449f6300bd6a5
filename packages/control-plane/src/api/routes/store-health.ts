import type { FastifyInstance } from "fastify";
import type { ControlPlaneContext } from "../context.ts";
import { askHealth } from "../health.ts";

/** What mvm-ci tells of its database, in both forms of the API. */
export function storeHealthRoutes(
  context: ControlPlaneContext,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
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
