import type { FastifyInstance, FastifyRequest } from "@flawless-ts/http-service/fastify";
import {
  errorResponses,
  numberInQuery,
  querySchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type { EndedStatus } from "@flawless-ts/sdk";
import type { RestartRequest } from "../../engine/index.ts";
import type { EngineApi } from "../engine-api.ts";
import { okResponse } from "../schemas/responses.ts";
import { aboutOne } from "./about-one.ts";
import { filterSchemas, flagSchema, type ManyQuery, toConditions } from "./filter-query.ts";
import { keyHeader, readKey } from "./idempotency-key.ts";
import { originOf } from "./start.ts";

interface RestartRoute {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly terminate?: string };
  readonly Headers: { readonly "idempotency-key"?: string };
}

interface ForkRoute extends RestartRoute {
  readonly Querystring: RestartRoute["Querystring"] & {
    readonly from_step: number;
    readonly version?: string;
  };
}

interface RestartManyRoute {
  readonly Querystring: ManyQuery & { readonly status: EndedStatus };
  readonly Headers: RestartRoute["Headers"];
}

const terminateSchema = {
  ...flagSchema,
  description: "Whether to terminate a running workflow first. Otherwise a running workflow is refused.",
} as const;

const headers = {
  type: "object",
  properties: {
    "idempotency-key": keyHeader(
      "A second request with the same key for the same workflow starts nothing, and returns the workflow of the first one.",
    ),
  },
} as const;

/** The routes that restart workflows. */
export function restartRoutes(
  scope: FastifyInstance,
  engine: Pick<EngineApi, "restart" | "restartMatching" | "fork">,
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
    handler: async (request) => ({
      ok: await engine.restart(request.params.id, restartOf(request)),
    }),
  });

  scope.post<RestartManyRoute>("/workflows/restart", {
    schema: {
      operationId: "restartWorkflows",
      summary: "Start workflows again that have ended",
      description:
        "Takes those that have this status and match all conditions, newest first, up to a limit, and starts each again as `POST /workflows/ID/restart` does. Ask again with the cursor until there is none. Those that can't be restarted are counted and named, and the others go on.",
      tags: ["workflows"],
      security: tokenSecurity,
      querystring: {
        ...querySchema({
          status: {
            type: "string",
            enum: ["completed", "failed", "cancelled"],
            description: "How they ended.",
          },
          ...filterSchemas,
          limit: { type: "integer", minimum: 1, maximum: 1000, default: 1000 },
          cursor: { type: "string", description: "The `cursor` of the answer before." },
          dry_run: { ...flagSchema, description: "Whether only to count them." },
        }),
        required: ["status"],
      },
      headers: {
        type: "object",
        properties: {
          "idempotency-key": keyHeader(
            "A second request with the same key restarts neither the workflows that the first one restarted, nor the new ones. Use the same key with each cursor.",
          ),
        },
      },
      response: {
        200: okResponse("How many were restarted.", { $ref: "RestartedWorkflows#" }),
        ...errorResponses(),
      },
    },
    preValidation: numberInQuery("limit"),
    handler: async (request) => {
      const { status, limit, cursor, dry_run: dryRun } = request.query;
      return {
        ok: await engine.restartMatching({
          ...toConditions(request.query),
          status,
          limit,
          cursor,
          dryRun: dryRun === "true",
          idempotencyKey: readKey(request.headers["idempotency-key"]),
          origin: originOf(request),
        }),
      };
    },
  });

  scope.post<ForkRoute>("/workflows/:id/fork", {
    schema: {
      ...aboutOne(
        "forkWorkflow",
        "Start a workflow again from one of its steps",
        "The new workflow.",
        "Workflow#",
        409,
        429,
      ),
      description:
        "Starts a new workflow that takes over the first steps of one that has ended, with their answers, and goes on from there; perhaps on another version of the module. That is replayed on these steps before anything is done: where it does something else, the answer is 409 `REPLAY_MISMATCH`. Answers as soon as the new workflow is durable.",
      querystring: {
        ...querySchema({
          from_step: {
            type: "integer",
            minimum: 0,
            description: "How many steps to copy, as numbered in the journal; 0 for none.",
          },
          version: {
            type: "string",
            description: "The module version to run. Default: the old workflow's.",
          },
          terminate: terminateSchema,
        }),
        required: ["from_step"],
      },
      headers,
    },
    preValidation: numberInQuery("from_step"),
    handler: async (request) => {
      const { from_step: fromStep, version } = request.query;
      return {
        ok: await engine.fork(request.params.id, { ...restartOf(request), fromStep, version }),
      };
    },
  });
}

function restartOf(request: FastifyRequest<RestartRoute>): RestartRequest {
  return {
    idempotencyKey: readKey(request.headers["idempotency-key"]),
    terminate: request.query.terminate === "true",
    origin: originOf(request),
  };
}
