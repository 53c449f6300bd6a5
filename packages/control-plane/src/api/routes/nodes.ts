import { errorResponses, querySchema, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";
import type { ControlPlaneContext } from "../context.ts";

/** Service discovery, and metrics. */
export function nodeRoutes(
  context: ControlPlaneContext,
): (scope: FastifyInstance) => Promise<void> {
  const { nodeId, advertisedFlawlessUrl, ownUrl, metrics } = context;
  return async (scope) => {
    scope.get("/api/nodes", {
      schema: {
        operationId: "listNodes",
        summary: "List the nodes, with the Flawless server of each",
        tags: ["service"],
        security: tokenSecurity,
        querystring: querySchema({}),
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
        nodes: [{ node_id: nodeId, url: ownUrl(), flawless_url: advertisedFlawlessUrl }],
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
      handler: async (_request, reply) =>
        reply
          .type(metrics.contentType)
          .header("cache-control", "no-store")
          .send(await metrics.text()),
    });
  };
}
