import { errorResponses, type JsonSchema, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { ControlPlaneError } from "../../errors.ts";
import type { ControlPlaneContext } from "../context.ts";
import { irohInfo, irohInfoSchema } from "../iroh-info.ts";

const topicId: JsonSchema = { type: "string", description: "64 hex digits." };
const done: JsonSchema = {
  description: "It is done.",
  type: "object",
  required: ["topic_id"],
  properties: { topic_id: { type: "string" } },
};

/** Gossip, and how this node is reached, under one of the two prefixes of the API. */
export function irohRoutes(
  context: ControlPlaneContext,
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): (scope: FastifyInstance) => Promise<void> {
  const { gossip, broadcast, streams } = context;
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
        description:
          "The endpoint of iroh and its ticket; where the node has none, the node's name and URL.",
        response: { 200: irohInfoSchema, ...errorResponses() },
      },
      handler: async () => irohInfo(context),
    });

    scope.post<{ Body: { readonly endpoint_addr: unknown } }>(`${prefix}/connect`, {
      schema: {
        ...about("connectIroh", "How this node is connected to"),
        description:
          "Nodes connect to no others: the answer has the ticket by which this one is connected to, where it has an endpoint.",
        body: body({ endpoint_addr: {} }),
        response: { 200: irohInfoSchema, ...errorResponses(413, 415, 422, 501) },
      },
      handler: async () => {
        const info = irohInfo(context);
        if (info.transport === "iroh") {
          return info;
        }
        throw new ControlPlaneError(
          "NOT_SUPPORTED",
          "This server has no iroh endpoint: start it with --iroh, or send requests to its HTTP address.",
        );
      },
    });
  };
}
