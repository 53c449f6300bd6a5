import { randomUUID } from "node:crypto";
import {
  errorResponses,
  type JsonSchema,
  numberInQuery,
  querySchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type {
  ScheduleChanges,
  SchedulePageRequest,
  ScheduleRange,
  ScheduleRequest,
} from "@flawless-ts/sdk/internal";
import type { ScheduleOverlap } from "@flawless-ts/sdk";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { ScheduleApi } from "../engine-api.ts";
import { overlapSchema, scheduleProperties } from "../schemas/schedule-schemas.ts";
import { okResponse } from "../schemas/responses.ts";
import { keyHeader, readKey } from "./idempotency-key.ts";

interface OneSchedule {
  readonly name: string;
}

const described = okResponse("The schedule as it is now.", { $ref: "ScheduleDescription#" });

/** The routes for schedules. */
export function scheduleRoutes(
  schedules: ScheduleApi,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.get<{ Querystring: SchedulePageRequest }>("/schedules", {
      schema: {
        ...about("listSchedules", "List schedules"),
        querystring: querySchema({
          limit: { type: "integer", minimum: 1, maximum: 1_000, default: 100 },
          cursor: { type: "string", description: "The `cursor` of the page before." },
        }),
        response: {
          200: okResponse("A page of them, by name.", { $ref: "SchedulePage#" }),
          ...errorResponses(),
        },
      },
      preValidation: numberInQuery("limit"),
      handler: async ({ query }) => ({ ok: await schedules.list(query) }),
    });

    scope.put<{ Params: OneSchedule; Body: ScheduleRequest }>("/schedules/:name", {
      schema: {
        ...aboutOne("createSchedule", "Make a schedule", described, 409, 413, 415, 429),
        description:
          "Starts a workflow at the times of a cron expression, or at a fixed interval. The same request may be repeated.",
        body: bodyOf(scheduleProperties, "module", "workflow"),
      },
      handler: async ({ params, body }) => ({ ok: await schedules.create(params.name, body) }),
    });

    scope.get<{ Params: OneSchedule; Querystring: { readonly times?: number } }>(
      "/schedules/:name",
      {
        schema: {
          ...aboutOne("getSchedule", "Look at a schedule", described),
          querystring: querySchema({
            times: {
              type: "integer",
              minimum: 0,
              maximum: 100,
              default: 10,
              description: "How many of its next times to return.",
            },
          }),
        },
        preValidation: numberInQuery("times"),
        handler: async ({ params, query }) => ({ ok: await schedules.describe(params.name, query) }),
      },
    );

    const { input, ...changeable } = scheduleProperties;
    const { default: _default, ...changedInput } = input as { readonly default?: string };
    scope.patch<{ Params: OneSchedule; Body: ScheduleChanges }>("/schedules/:name", {
      schema: {
        ...aboutOne("updateSchedule", "Change a schedule", described, 413, 415),
        description:
          "Missing settings stay the same. The new definition doesn't apply to past times.",
        body: bodyOf({ ...changeable, input: changedInput }),
      },
      handler: async ({ params, body }) => ({ ok: await schedules.update(params.name, body) }),
    });

    scope.delete<{ Params: OneSchedule }>("/schedules/:name", {
      schema: {
        ...aboutOne(
          "deleteSchedule",
          "Delete a schedule",
          okResponse("It is deleted. Workflows that it started keep running.", { type: "object" }),
        ),
      },
      handler: async ({ params }) => {
        await schedules.delete(params.name);
        return { ok: {} };
      },
    });

    for (const [way, summary, description] of [
      ["pause", "Pause a schedule", "Nothing is started until it is resumed."],
      ["resume", "Resume a schedule", "It continues with its next time. Times during the pause are skipped."],
    ] as const) {
      scope.post<{ Params: OneSchedule }>(`/schedules/:name/${way}`, {
        schema: { ...aboutOne(`${way}Schedule`, summary, described), description },
        handler: async ({ params }) => ({ ok: await schedules[way](params.name) }),
      });
    }

    scope.post<{
      Params: OneSchedule;
      Headers: { readonly "idempotency-key"?: string };
      Querystring: { readonly overlap?: ScheduleOverlap };
    }>("/schedules/:name/trigger", {
      schema: {
        ...aboutOne(
          "triggerSchedule",
          "Start a schedule's workflow now",
          okResponse("What became of it.", { $ref: "ScheduleStart#" }),
          429,
        ),
        querystring: querySchema({
          overlap: { ...overlapSchema, description: "Instead of the schedule's own setting." },
        }),
        headers: {
          type: "object",
          properties: {
            "idempotency-key": keyHeader(
              "A second request with the same key is the same start. Default: a new key.",
            ),
          },
        },
      },
      handler: async ({ params, query, headers }) => {
        const key = readKey(headers["idempotency-key"]) ?? randomUUID();
        return { ok: await schedules.trigger(params.name, { key, overlap: query.overlap }) };
      },
    });

    const range = {
      from: { type: "string", format: "date-time" },
      to: { type: "string", format: "date-time", description: "Included, as `from` is." },
    } as const;
    scope.post<{ Params: OneSchedule; Body: ScheduleRange }>("/schedules/:name/backfill", {
      schema: {
        ...aboutOne(
          "backfillSchedule",
          "Start the times of a range that had no start",
          okResponse("How many were started.", { $ref: "ScheduleBackfill#" }),
          413,
          415,
          429,
        ),
        description: "They run side by side, whatever `overlap` says. The request may be repeated.",
        body: bodyOf(range, "from", "to"),
      },
      handler: async ({ params, body }) => ({ ok: await schedules.backfill(params.name, body) }),
    });
  };
}

function about(operationId: string, summary: string): Record<string, unknown> {
  return { operationId, summary, tags: ["schedules"], security: tokenSecurity };
}

function aboutOne(
  operationId: string,
  summary: string,
  success: JsonSchema,
  ...statuses: readonly number[]
): Record<string, unknown> {
  return {
    ...about(operationId, summary),
    params: {
      type: "object",
      required: ["name"],
      properties: {
        name: {
          type: "string",
          description:
            "Its name: 1 to 100 letters, digits, dots, hyphens and underscores, starting with a letter or a digit.",
          examples: ["nightly-report"],
        },
      },
    },
    querystring: querySchema({}),
    response: { 200: success, ...errorResponses(404, ...statuses) },
  };
}

/** A misspelled member is refused. */
function bodyOf(properties: JsonSchema, ...required: readonly string[]): JsonSchema {
  return { type: "object", additionalProperties: false, required, properties };
}
