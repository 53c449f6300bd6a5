import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { ControlPlaneContext } from "../context.ts";

/** What mvm-ci reports about its database, in both forms of the API. */
export function storeHealthRoutes(
  { storage }: ControlPlaneContext,
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
            "mvm-ci reports its hiqlite cluster here. With one SQLite file there is one node, which is the leader while the file can be read. With PostgreSQL, all nodes with a recent heartbeat are listed, and there is a leader while the database can be written to.",
          tags: ["service"],
          response: {
            200: {
              description: "The state of the store.",
              type: "object",
              required: ["is_healthy", "node_count", "has_leader", "store"],
              properties: {
                is_healthy: { type: "boolean" },
                node_count: { type: "integer", minimum: 0 },
                has_leader: { type: "boolean" },
                store: { enum: ["sqlite", "postgres"] },
              },
            },
          },
        },
        handler: async () => {
          const { reachable, writable, nodes } = await storage.ask();
          return {
            is_healthy: reachable && writable,
            node_count: nodes,
            has_leader: writable,
            store: storage.kind,
          };
        },
      });
    }
  };
}
