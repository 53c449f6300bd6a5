import { Readable } from "node:stream";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import {
  callerSignal,
  errorResponses,
  numberInQuery,
  querySchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type { EngineApi } from "../engine-api.ts";
import type { WorkflowStatus } from "../../engine/index.ts";
import { journalText } from "../journal-text.ts";
import { idParameter, okResponse } from "../schemas/responses.ts";
import { statusSchema } from "../schemas/workflow-schemas.ts";
import { aboutOne } from "./about-one.ts";
import { restartRoutes } from "./restart-routes.ts";
import { endingRoutes } from "./ending-routes.ts";
import { type FilterQuery, filterSchemas, toConditions } from "./filter-query.ts";
import { updateRoute } from "./updates.ts";
import { defaultWaitMs, maxWaitMs, type WaitingCallers } from "../waiting-callers.ts";

interface OneWorkflow {
  readonly id: string;
}

interface ListQuery extends FilterQuery {
  readonly status?: WorkflowStatus;
  readonly limit?: number;
  readonly cursor?: string;
}

interface WaitQuery {
  readonly timeout_ms?: number;
  readonly until?: "end" | "response";
}

/** The routes that send messages to workflows and inspect them. */
export function workflowRoutes(
  engine: EngineApi,
  waitingCallers: WaitingCallers,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.post<{ Params: OneWorkflow; Body: { readonly type: string; readonly data: string } }>(
      "/workflow/send-msg/:id",
      {
        schema: {
          operationId: "sendMessage",
          summary: "Send a message to a workflow",
          description: "Responds when the message is durable.",
          tags: ["workflows"],
          security: tokenSecurity,
          params: idParameter,
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
            200: { description: "The message is durable.", type: "string", const: "ok" },
            ...errorResponses(404, 409, 413, 415, 422, 429),
          },
        },
        handler: async (request, reply) => {
          await engine.send(request.params.id, request.body.type, request.body.data);
          return reply.type("application/json; charset=utf-8").send('"ok"');
        },
      },
    );

    scope.get<{ Querystring: ListQuery }>("/workflows", {
      schema: {
        operationId: "listWorkflows",
        summary: "List workflows, newest first",
        description:
          "All conditions have to hold. Where no index tells what matches, 5,000 workflows are looked through for a page, and `searched` says so: the page may be short, or empty, and the cursor goes on.",
        tags: ["workflows"],
        security: tokenSecurity,
        querystring: querySchema({
          status: statusSchema,
          ...filterSchemas,
          limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
          cursor: { type: "string", description: "The `cursor` of the page before." },
        }),
        response: { 200: okResponse("One page.", { $ref: "WorkflowPage#" }), ...errorResponses() },
      },
      preValidation: numberInQuery("limit"),
      handler: async ({ query }) => {
        const { status, limit, cursor } = query;
        const page = { ...toConditions(query), ...given({ status, limit, cursor }) };
        return { ok: await engine.list(page) };
      },
    });

    scope.get<{ Params: OneWorkflow }>("/workflows/:id", {
      schema: aboutOne("getWorkflow", "Look at a workflow", "The workflow.", "WorkflowDetails#"),
      handler: async (request) => ({ ok: await engine.workflow(request.params.id) }),
    });

    scope.get<{ Params: OneWorkflow }>("/workflows/:id/state", {
      schema: aboutOne(
        "getState",
        "Read what a workflow has published of itself",
        "Its state as of its last call of `flawless:v1/state`, also after its end.",
        "PublishedState#",
      ),
      handler: async (request) => ({ ok: { state: await engine.state(request.params.id) } }),
    });

    scope.get<{ Params: OneWorkflow }>("/workflows/:id/journal", {
      schema: aboutOne("getJournal", "Read a workflow's journal", "All its steps.", "Journal#"),
      handler: async (request, reply) => {
        const text = await journalText((range) => engine.journalPage(request.params.id, range));
        return reply.type("application/json; charset=utf-8").send(Readable.from(text));
      },
    });

    scope.get<{ Params: OneWorkflow }>("/workflows/:id/history", {
      schema: aboutOne(
        "getHistory",
        "Read a workflow's history",
        "Its journal, with the exact JSON text of each call and answer, for replay on another build of its module.",
        "History#",
      ),
      handler: async (request, reply) => {
        const { id } = request.params;
        const text = await journalText((range) => engine.journalPage(id, range), "history");
        return reply.type("application/json; charset=utf-8").send(Readable.from(text));
      },
    });

    endingRoutes(scope, engine);
    restartRoutes(scope, engine);
    updateRoute(scope, engine, waitingCallers);

    scope.get<{ Params: OneWorkflow; Querystring: WaitQuery }>("/workflows/:id/wait", {
      schema: {
        ...aboutOne(
          "waitForWorkflow",
          "Wait for a workflow's end or response",
          "The workflow as it is now.",
          "Workflow#",
          429,
        ),
        description:
          "Answers when the workflow has ended, or, with `until=response`, responded before; at the latest after `timeout_ms`.",
        querystring: querySchema({
          timeout_ms: {
            type: "integer",
            minimum: 0,
            default: defaultWaitMs,
            description: `In milliseconds, up to ${maxWaitMs}.`,
          },
          until: {
            type: "string",
            enum: ["end", "response"],
            default: "end",
            description: "What to wait for.",
          },
        }),
      },
      preValidation: numberInQuery("timeout_ms"),
      handler: async (request, reply) => {
        const { until } = request.query;
        const timeoutMs = Math.min(request.query.timeout_ms ?? defaultWaitMs, maxWaitMs);
        const ended = waitingCallers.during(() =>
          engine.wait(request.params.id, { timeoutMs, until, signal: callerSignal(reply) }),
        );
        return { ok: await ended };
      },
    });
  };
}

/** Omits undefined members. */
function given<Members extends object>(members: Members): Partial<Members> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Partial<Members>;
}
