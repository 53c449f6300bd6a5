import { errorResponses, type JsonSchema, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";
import { requestedNodeId } from "../node-id.ts";
import type { NodeRegistry } from "./node-registry.ts";

/** What a node sends to the one that it joins. */
export interface RegistrationBody {
  readonly node_id: string;
  readonly instance: string;
  readonly url: string | null;
  readonly flawless_url: string | null;
}

const instance: JsonSchema = {
  type: "string",
  pattern: "^[\\w-]{1,64}$",
  description: "Names this run of the node.",
};
const url: JsonSchema = { type: ["string", "null"], maxLength: 2048, pattern: "^https?://" };

/** By these routes nodes join the one that holds the queue. */
export function registrationRoutes(
  ownId: string,
  registry: NodeRegistry,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.post<{ Body: RegistrationBody }>("/api/nodes/register", {
      schema: {
        operationId: "registerNode",
        summary: "Join a node, or show that it lives",
        description:
          "For nodes that keep no queue of their own (`control-plane up --join URL`). They register every few seconds, and are left out of the list when they were silent for 15 seconds.",
        tags: ["service"],
        security: tokenSecurity,
        body: {
          type: "object",
          required: ["node_id", "instance", "url", "flawless_url"],
          properties: { node_id: { type: "string" }, instance, url, flawless_url: url },
        },
        response: {
          200: {
            description: "The node is in the list.",
            type: "object",
            required: ["holder_id"],
            properties: {
              holder_id: { type: "string", description: "The node that holds the queue." },
            },
          },
          ...errorResponses(409, 413, 415, 422, 429),
        },
      },
      handler: async ({ body }) => {
        registry.register({
          id: requestedNodeId(body.node_id),
          instance: body.instance,
          url: body.url,
          flawlessUrl: body.flawless_url,
        });
        return { holder_id: ownId };
      },
    });

    scope.post<{ Params: { readonly id: string }; Body: { readonly instance: string } }>(
      "/api/nodes/:id/leave",
      {
        schema: {
          operationId: "leaveNode",
          summary: "Take a node out of the list",
          tags: ["service"],
          security: tokenSecurity,
          params: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
          body: { type: "object", required: ["instance"], properties: { instance } },
          response: {
            204: { description: "This run of the node is not in the list.", type: "null" },
            ...errorResponses(413, 415, 422),
          },
        },
        handler: async ({ params, body }, reply) => {
          registry.leave(params.id, body.instance);
          return reply.code(204).send();
        },
      },
    );
  };
}
