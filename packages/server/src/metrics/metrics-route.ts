import { errorResponses, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { ServerMetrics } from "./server-metrics.ts";

/** `GET /metrics`. */
export function metricsRoute(metrics: ServerMetrics): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get("/metrics", {
      schema: {
        operationId: "getMetrics",
        summary: "Metrics for Prometheus",
        tags: ["server"],
        security: tokenSecurity,
        response: {
          200: {
            description: "Metrics in Prometheus's text format.",
            content: { "text/plain": { schema: { type: "string" } } },
          },
          ...errorResponses(),
        },
      },
      handler: async (_request, reply) => {
        const { contentType, text } = await metrics.scrape();
        return reply.type(contentType).header("cache-control", "no-store").send(text);
      },
    });
  };
}
