import type { FastifyInstance } from "fastify";
import { querySchema } from "@flawless-ts/http-service";
import type { EngineApi } from "../engine-api.ts";
import { aboutOne } from "./about-one.ts";
import { keyHeader, readKey } from "./idempotency-key.ts";
import { originOf } from "./start.ts";

interface RestartRoute {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly terminate?: string };
  readonly Headers: { readonly "idempotency-key"?: string };
}

/** In a query, where all is text. */
const terminateSchema = {
  type: "string",
  enum: ["true", "false"],
  default: "false",
  description: "Whether a workflow that runs is terminated first. It is refused otherwise.",
} as const;

const headers = {
  type: "object",
  properties: {
    "idempotency-key": keyHeader(
      "A second request with the same key for the same workflow starts nothing more, and gives the workflow of the first one.",
    ),
  },
} as const;

/** Starting workflows again. */
export function restartRoutes(
  scope: FastifyInstance,
  engine: Pick<EngineApi, "restart">,
): void {
  scope.post<RestartRoute>("/workflows/:id/restart", {
    schema: {
      ...aboutOne(
        "restartWorkflow",
        "Start a workflow again",
        "The new workflow.",
        "Workflow#",
        409,
        429,
      ),
      description:
        "Starts a new workflow with the module, version, name and input of one that has ended, and answers as soon as that is durable. `restartedFrom` of the new one and `restarts` of the old one tell of each other; nothing else of the old one is changed.",
      querystring: querySchema({ terminate: terminateSchema }),
      headers,
    },
    handler: async (request) => {
      const { params, query } = request;
      const restarted = await engine.restart(params.id, {
        idempotencyKey: readKey(request.headers["idempotency-key"]),
        terminate: query.terminate === "true",
        origin: originOf(request),
      });
      return { ok: restarted };
    },
  });
}
