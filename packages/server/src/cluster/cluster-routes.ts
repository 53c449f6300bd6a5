import {
  errorResponses,
  type JsonSchema,
  querySchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { okResponse } from "../api/schemas/responses.ts";
import { type ClusterView, clusterView } from "./cluster-view.ts";
import type { ClusterNode } from "./cluster-node.ts";

const text = { type: "string" } as const;
const nullableText = { type: ["string", "null"] } as const;
const number = { type: "number" } as const;

function objectOf(properties: Readonly<Record<string, unknown>>): JsonSchema {
  return { type: "object", required: Object.keys(properties), properties };
}

const answer = objectOf({
  node: { ...text, description: "The node that answers." },
  leaseMs: {
    ...number,
    description: "For how long a node runs its partitions without renewing its claim.",
  },
  nodes: {
    type: "array",
    items: objectOf({
      id: text,
      url: { ...text, description: "Where other nodes reach it." },
      startedAt: { ...text, format: "date-time" },
      silentMs: { ...number, description: "How long ago its last sign of life was." },
      alive: { type: "boolean" },
      partitions: { type: "integer", description: "How many partitions it runs." },
    }),
  },
  databases: {
    type: "array",
    items: objectOf({
      name: { ...text, description: "Its URL, without a password." },
      lagMs: { ...number, description: "How long ago the node that answers looked at it." },
      failure: { ...nullableText, description: "Why it can't be asked; null while it can." },
    }),
  },
  partitions: {
    type: "array",
    items: objectOf({
      partition: { type: "integer" },
      database: { type: "integer", description: "Which of the databases it is in, from 0." },
      owner: { ...nullableText, description: "The node that runs it; null while none does." },
      epoch: { type: "integer", description: "Grows each time that it is claimed." },
      leaseMs: {
        type: ["number", "null"],
        description: "For how long the owner may go on; below 0 where the lease is over.",
      },
    }),
  },
});

/** `GET /cluster`. */
export function clusterRoutes(
  node: ClusterNode,
  databases: readonly string[],
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get("/cluster", {
      schema: {
        operationId: "getCluster",
        summary: "Look at the nodes and partitions of the cluster",
        description: "Only a server that keeps its workflows in PostgreSQL has this route.",
        tags: ["server"],
        security: tokenSecurity,
        querystring: querySchema({}),
        response: { 200: okResponse("As the node sees it.", answer), ...errorResponses() },
      },
      handler: async (): Promise<{ readonly ok: ClusterView }> => ({
        ok: clusterView(node, databases),
      }),
    });
  };
}
