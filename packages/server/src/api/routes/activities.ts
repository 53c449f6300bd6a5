import {
  callerSignal,
  errorResponses,
  type JsonSchema,
  numberInQuery,
  querySchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type {
  ActivityBeat,
  ActivityPoll,
  ActivityReport,
  ActivityWorkerRegistration,
} from "@flawless-ts/sdk/internal";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { boundedBeat, boundedReport } from "../../activities/index.ts";
import { leaseSchema, nameSchema } from "../schemas/activity-schemas.ts";
import type { ActivityApi } from "../engine-api.ts";
import { okResponse } from "../schemas/responses.ts";

/** How long a poll stays open, in milliseconds: less than the timeout of most proxies. */
const maxPollMs = 60_000;
const maxTasksAtOnce = 1_000;

interface OneQueue {
  readonly queue: string;
}

const worker = { ...nameSchema, description: "The worker's unique id." } as const;
const jsonText = { type: "string", description: "JSON text." } as const;
const nullableJsonText = { type: ["string", "null"], description: "JSON text." } as const;

const failureSchema = {
  type: "object",
  required: ["name", "message"],
  properties: {
    name: { type: "string" },
    message: { type: "string" },
    stack: { type: ["string", "null"] },
    details: nullableJsonText,
    nonRetryable: { type: "boolean" },
    cause: { type: ["object", "null"], description: "An object of the same shape; up to ten are nested." },
  },
} as const;

const endedResponse = okResponse("The leases that the worker no longer has.", {
  type: "object",
  required: ["ended"],
  properties: { ended: { type: "array", items: { type: "string" } } },
});

/** The routes for activity workers. */
export function activityRoutes(
  activities: ActivityApi,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get<{ Querystring: { readonly tasks?: number } }>("/activities", {
      schema: {
        operationId: "listActivityQueues",
        summary: "Look at the queues of activities",
        tags: ["activities"],
        security: tokenSecurity,
        querystring: querySchema({
          tasks: {
            type: "integer",
            minimum: 0,
            maximum: maxTasksAtOnce,
            default: 20,
            description: "How many tasks of each queue to list, oldest first.",
          },
        }),
        response: {
          200: okResponse("The queues, by name.", {
            type: "array",
            items: { $ref: "ActivityQueue#" },
          }),
          ...errorResponses(),
        },
      },
      preValidation: numberInQuery("tasks"),
      handler: async ({ query }) => ({ ok: await activities.summaries(query.tasks ?? 20) }),
    });

    scope.post<{ Params: OneQueue; Body: ActivityWorkerRegistration }>(
      "/activities/:queue/workers",
      {
        schema: ofQueue(
          "registerActivityWorker",
          "Register a worker with the activities that it runs",
          {
            required: ["worker", "concurrency", "activities"],
            properties: {
              worker,
              concurrency: { type: "integer", minimum: 1 },
              activities: {
                type: "object",
                maxProperties: 1_000,
                additionalProperties: { $ref: "ActivityPolicy#" },
                description: "By name, each with its settings.",
              },
            },
          },
          okResponse("It is registered.", {
            type: "object",
            required: ["leaseMs"],
            properties: {
              leaseMs: {
                type: "integer",
                description:
                  "An attempt counts as lost if its worker hasn't named it for this many milliseconds.",
              },
            },
          }),
          429,
        ),
        handler: async ({ params, body }) => ({ ok: await activities.register(params.queue, body) }),
      },
    );

    scope.post<{ Params: OneQueue; Body: ActivityPoll & { readonly takeBack?: boolean } }>("/activities/:queue/poll", {
      schema: ofQueue(
        "pollActivities",
        "Take tasks, as soon as there are any",
        {
          required: ["worker", "max"],
          properties: {
            worker,
            max: { type: "integer", minimum: 1, maximum: maxTasksAtOnce },
            waitMs: {
              type: ["integer", "null"],
              minimum: 0,
              description: `How long to wait if there are none, in milliseconds. Default and max: ${maxPollMs}.`,
            },
            takeBack: {
              type: "boolean",
              description:
                "Whether only to end the worker's open poll; this request gets no task.",
            },
          },
        },
        okResponse("The tasks; none after the timeout.", {
          type: "array",
          items: { $ref: "HandedOutActivity#" },
        }),
        404,
      ),
      handler: async ({ params, body }, reply) => {
        const { worker: id, takeBack = false } = body;
        const poll = takeBack
          ? { worker: id, max: 0, waitMs: 0 }
          : { worker: id, max: body.max, waitMs: Math.min(body.waitMs ?? maxPollMs, maxPollMs) };
        return { ok: await activities.poll(params.queue, poll, callerSignal(reply)) };
      },
    });

    scope.post<{
      Params: OneQueue;
      Body: { readonly worker: string; readonly reports: readonly ActivityReport[] };
    }>("/activities/:queue/report", {
      schema: ofQueue(
        "reportActivities",
        "Tell how attempts ended",
        {
          required: ["worker", "reports"],
          properties: {
            worker,
            reports: {
              type: "array",
              maxItems: maxTasksAtOnce,
              items: {
                type: "object",
                required: ["lease"],
                properties: {
                  lease: leaseSchema,
                  value: { ...jsonText, description: "The result: JSON text." },
                  error: failureSchema,
                  handBack: {
                    const: true,
                    description: "The worker stops; another one may get the task.",
                  },
                  details: {
                    ...nullableJsonText,
                    description:
                      "Details that the attempt reported since the last heartbeat, for the next attempt: JSON text.",
                  },
                },
                oneOf: [{ required: ["value"] }, { required: ["error"] }, { required: ["handBack"] }],
              },
            },
          },
        },
        endedResponse,
        404,
      ),
      handler: async ({ params, body }) => {
        const reports = body.reports.map(boundedReport);
        return { ok: { ended: await activities.report(params.queue, body.worker, reports) } };
      },
    });

    scope.post<{
      Params: OneQueue;
      Body: { readonly worker: string; readonly beats: readonly ActivityBeat[] };
    }>("/activities/:queue/heartbeat", {
      schema: ofQueue(
        "heartbeatActivities",
        "Keep attempts, and hear which are cancelled",
        {
          required: ["worker", "beats"],
          properties: {
            worker,
            beats: {
              type: "array",
              maxItems: 10_000,
              items: {
                type: "object",
                required: ["lease", "alive", "details"],
                properties: {
                  lease: leaseSchema,
                  alive: {
                    type: "boolean",
                    description: "Whether the activity itself sent a heartbeat since.",
                  },
                  details: nullableJsonText,
                },
              },
            },
          },
        },
        endedResponse,
        404,
      ),
      handler: async ({ params, body }) => ({
        ok: {
          ended: await activities.heartbeat(params.queue, body.worker, body.beats.map(boundedBeat)),
        },
      }),
    });

    scope.post<{ Params: OneQueue; Body: { readonly worker: string } }>(
      "/activities/:queue/leave",
      {
        schema: ofQueue(
          "leaveActivityQueue",
          "Say that a worker goes: what it still has is handed out again",
          { required: ["worker"], properties: { worker } },
          okResponse("It is forgotten.", { type: "object" }),
        ),
        handler: async ({ params, body }) => {
          await activities.leave(params.queue, body.worker);
          return { ok: {} };
        },
      },
    );
  };
}

function ofQueue(
  operationId: string,
  summary: string,
  body: { readonly required: readonly string[]; readonly properties: object },
  success: JsonSchema,
  ...statuses: readonly number[]
): Record<string, unknown> {
  return {
    operationId,
    summary,
    tags: ["activities"],
    security: tokenSecurity,
    params: {
      type: "object",
      required: ["queue"],
      properties: { queue: { ...nameSchema, description: "The queue's name." } },
    },
    body: { type: "object", ...body },
    response: { 200: success, ...errorResponses(413, 415, ...statuses) },
  };
}
