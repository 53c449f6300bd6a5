import { errorResponses, type JsonSchema, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";
import { ControlPlaneError } from "../../errors.ts";
import type { ControlPlaneContext } from "../context.ts";

const topicId: JsonSchema = { type: "string", description: "64 hex digits." };
const done: JsonSchema = {
  description: "It is done.",
  type: "object",
  required: ["topic_id"],
  properties: { topic_id: { type: "string" } },
};

/** Gossip, and what this server can say in place of iroh, under one of the two prefixes of the API. */
export function irohRoutes(
  { gossip, broadcast, streams, nodeId, ownUrl }: ControlPlaneContext,
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): (scope: FastifyInstance) => Promise<void> {
  const about = (name: string, summary: string): Record<string, unknown> => ({
    operationId: `${name}${suffix}`,
    summary,
    tags: ["gossip"],
    security: tokenSecurity,
  });
  const body = (properties: Record<string, JsonSchema>): JsonSchema => ({
    type: "object",
    required: Object.keys(properties),
    properties,
  });

  return async (scope) => {
    scope.post<{ Body: { readonly topic_id: string } }>(`${prefix}/gossip/join`, {
      schema: {
        ...about("joinTopic", "Make a topic known"),
        body: body({ topic_id: topicId }),
        response: { 200: done, ...errorResponses(413, 415, 422, 429) },
      },
      handler: async (request) => {
        gossip.join(request.body.topic_id);
        return { topic_id: request.body.topic_id };
      },
    });

    scope.post<{ Body: { readonly topic_id: string; readonly message: string } }>(
      `${prefix}/gossip/broadcast`,
      {
        schema: {
          ...about("broadcast", "Send a message to all who listen to a topic"),
          body: body({ topic_id: topicId, message: { type: "string" } }),
          response: {
            200: {
              ...done,
              properties: {
                topic_id: { type: "string" },
                subscribers: { type: "integer", description: "How many listened on this node." },
              },
            },
            ...errorResponses(413, 415, 422, 429),
          },
        },
        handler: async (request) => {
          const { topic_id: topic, message } = request.body;
          return { topic_id: topic, subscribers: await broadcast(topic, message) };
        },
      },
    );

    scope.get<{ Params: { readonly topic: string } }>(`${prefix}/gossip/subscribe/:topic`, {
      // Its answer to HEAD would never end.
      exposeHeadRoute: false,
      schema: {
        ...about("subscribe", "Listen to a topic"),
        description:
          "Server-sent events, from now on. A reader that does not keep up is disconnected.",
        params: { type: "object", required: ["topic"], properties: { topic: topicId } },
        response: {
          200: {
            description: "Events whose data is the message.",
            content: { "text/event-stream": { schema: { type: "string" } } },
          },
          ...errorResponses(429),
        },
      },
      handler: async (request, reply) => {
        // First what may be refused: after that there is no way back to an ordinary answer.
        gossip.join(request.params.topic);
        const stream = streams.open(reply);
        const end = gossip.subscribe(request.params.topic, {
          receive: (message) => stream.send({ data: message }),
          end: () => stream.end(),
        });
        await stream.closed;
        end();
      },
    });

    scope.get(`${prefix}/info`, {
      schema: {
        ...about("getIrohInfo", "Where this node is reached"),
        description: "There is no iroh endpoint here: this tells the node's name and URL.",
        response: {
          200: {
            description: "The node.",
            type: "object",
            required: ["endpoint_id", "addresses", "transport"],
            properties: {
              endpoint_id: { type: "string" },
              addresses: { type: "array", items: { type: "string" } },
              transport: { const: "http" },
            },
          },
          ...errorResponses(),
        },
      },
      handler: async () => {
        const url = ownUrl();
        return { endpoint_id: nodeId, addresses: url === null ? [] : [url], transport: "http" };
      },
    });

    scope.post<{ Body: { readonly endpoint_addr: unknown } }>(`${prefix}/connect`, {
      schema: {
        ...about("connectIroh", "Not supported here"),
        body: body({ endpoint_addr: {} }),
        response: errorResponses(413, 415, 422, 501),
      },
      handler: async () => {
        throw new ControlPlaneError(
          "NOT_SUPPORTED",
          "This server has no iroh endpoint that could connect to others. Send requests to its HTTP address instead.",
        );
      },
    });
  };
}
