import { errorResponses, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { ControlPlaneContext } from "../context.ts";

/** Routes for service discovery and metrics. */
export function nodeRoutes(
  context: ControlPlaneContext,
): (scope: FastifyInstance) => Promise<void> {
  const { nodes, metrics } = context;
  return async (scope) => {
    scope.get("/api/nodes", {
      schema: {
        operationId: "listNodes",
        summary: "List the nodes, with the Flawless server of each",
        description: "Sorted by name, the same on every node.",
        tags: ["service"],
        security: tokenSecurity,
        response: {
          200: {
            description: "The nodes.",
            type: "object",
            required: ["nodes"],
            properties: {
              nodes: {
                type: "array",
                items: {
                  type: "object",
                  required: ["node_id", "url", "flawless_url"],
                  properties: {
                    node_id: { type: "string" },
                    url: { type: ["string", "null"] },
                    flawless_url: { type: ["string", "null"], description: "For workers." },
                  },
                },
              },
            },
          },
          ...errorResponses(),
        },
      },
      handler: async () => ({
        nodes: nodes
          .list()
          .map(({ id, url, flawlessUrl }) => ({ node_id: id, url, flawless_url: flawlessUrl })),
      }),
    });

    scope.get("/metrics", {
      schema: {
        operationId: "getMetrics",
        summary: "Metrics for Prometheus",
        tags: ["service"],
        security: tokenSecurity,
        response: {
          200: {
            description: "The metrics.",
            content: { "text/plain": { schema: { type: "string" } } },
          },
          ...errorResponses(),
        },
      },
      handler: async (_request, reply) => metrics.send(reply),
    });
  };
}
