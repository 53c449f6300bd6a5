import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import {
  errorResponses,
  numberInQuery,
  querySchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type { EngineApi } from "../engine-api.ts";
import { okResponse } from "../schemas/responses.ts";
import { filterSchemas, flagSchema, type ManyQuery, toConditions } from "./filter-query.ts";
import { aboutOne } from "./about-one.ts";

const ways = [
  {
    manner: "cancel",
    one: "Cancel a workflow",
    many: "Cancel running workflows",
    what: "A workflow whose module hears of cancelling is asked to end: it goes on, with a `cancelBy` by when it has to. Any other one ends at once.",
    ended: "cancelled",
  },
  {
    manner: "terminate",
    one: "Terminate a workflow",
    many: "Terminate running workflows",
    what: "The workflow ends immediately, without compensating for what it did.",
    ended: "terminated",
  },
] as const;

/** The routes that end workflows: by request, or immediately. */
export function endingRoutes(scope: FastifyInstance, engine: EngineApi): void {
  for (const { manner, one, many, what, ended } of ways) {
    scope.post<{ Params: { readonly id: string }; Querystring: { readonly tree?: string } }>(
      `/workflows/:id/${manner}`,
      {
        schema: {
          ...aboutOne(`${manner}Workflow`, one, "The workflow as it is now.", "Workflow#", 409),
          description: what,
          querystring: querySchema({
            tree: {
              ...flagSchema,
              description: `Whether all its descendants are ${ended}, too. Only for a workflow without a parent, which may have ended.`,
            },
          }),
        },
        handler: async ({ params: { id }, query }) => ({
          ok: await engine.end(id, manner, { tree: query.tree === "true" }),
        }),
      },
    );

    scope.post<{ Querystring: ManyQuery }>(`/workflows/${manner}`, {
      schema: {
        operationId: `${manner}Workflows`,
        summary: many,
        description: `Takes those that match all conditions, of which at least one must be given, newest first, up to a limit. Ask again with the cursor until there is none. ${what}`,
        tags: ["workflows"],
        security: tokenSecurity,
        querystring: querySchema({
          ...filterSchemas,
          limit: { type: "integer", minimum: 1, maximum: 1000, default: 1000 },
          cursor: { type: "string", description: "The `cursor` of the answer before." },
          dry_run: { ...flagSchema, description: "Whether only to count them." },
        }),
        response: {
          200: okResponse(`How many were ${ended}.`, { $ref: "CancelledWorkflows#" }),
          ...errorResponses(),
        },
      },
      preValidation: numberInQuery("limit"),
      handler: async ({ query }) => {
        const { dry_run: dryRun, limit, cursor } = query;
        const filter = { ...toConditions(query), limit, cursor, dryRun: dryRun === "true" };
        return { ok: await engine.endMatching(filter, manner) };
      },
    });
  }
}
