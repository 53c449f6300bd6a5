import { randomUUID } from "node:crypto";
import {
  callerSignal,
  errorResponses,
  numberInQuery,
  querySchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { EngineApi } from "../engine-api.ts";
import { idParameter, okResponse } from "../schemas/responses.ts";
import { defaultWaitMs, maxWaitMs, type WaitingCallers } from "../waiting-callers.ts";
import { keyHeader, readKey } from "./idempotency-key.ts";

interface UpdateRoute {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly timeout_ms?: number };
  readonly Headers: { readonly "idempotency-key"?: string };
  readonly Body: { readonly type: string; readonly data: string };
}

/** The route for updates, which are messages that workflows answer. */
export function updateRoute(
  scope: FastifyInstance,
  engine: Pick<EngineApi, "update">,
  waitingCallers: WaitingCallers,
): void {
  scope.post<UpdateRoute>("/workflows/:id/updates", {
    schema: {
      operationId: "updateWorkflow",
      summary: "Send a message that the workflow answers",
      description:
        "Waits for the answer, at the latest for `timeout_ms`. Where there is none yet, ask again with the same key: that sends nothing more, and gives the answer once it is there. A caller that goes away takes nothing back.",
      tags: ["workflows"],
      security: tokenSecurity,
      params: idParameter,
      querystring: querySchema({
        timeout_ms: {
          type: "integer",
          minimum: 0,
          default: defaultWaitMs,
          description: `In milliseconds, up to ${maxWaitMs}.`,
        },
      }),
      headers: {
        type: "object",
        properties: {
          "idempotency-key": keyHeader(
            "A second request with the same key is the same update. Default: a new key.",
          ),
        },
      },
      body: {
        type: "object",
        required: ["type", "data"],
        properties: {
          type: {
            type: "string",
            description: "The message's type, by which the workflow receives it.",
          },
          data: { type: "string", description: "JSON text." },
        },
      },
      response: {
        200: okResponse("The answer.", { $ref: "UpdateAnswer#" }),
        202: okResponse("There is none yet.", { $ref: "UpdateAnswer#" }),
        ...errorResponses(404, 409, 413, 415, 422, 429),
      },
    },
    preValidation: numberInQuery("timeout_ms"),
    handler: async ({ body, headers, params, query }, reply) => {
      const key = readKey(headers["idempotency-key"]) ?? randomUUID();
      const timeoutMs = Math.min(query.timeout_ms ?? defaultWaitMs, maxWaitMs);
      const answer = await waitingCallers.during(() =>
        engine.update(params.id, { key, ...body }, { timeoutMs, signal: callerSignal(reply) }),
      );
      if (answer === null) {
        void reply.code(202);
        return { ok: { status: "pending", key } };
      }
      return { ok: { status: "error" in answer ? "rejected" : "answered", key, ...answer } };
    },
  });
}
