import { randomUUID } from "node:crypto";
import { ApiError } from "@flawless-ts/http-service";
import { sendHtml } from "@flawless-ts/http-service/pages";
import type { FastifyInstance, FastifyReply } from "@flawless-ts/http-service/fastify";
import type { EngineApi } from "../api/engine-api.ts";
import { goTo } from "./form-replies.ts";
import { schedulePage } from "./schedule-page.ts";
import { schedulePath } from "./schedule-parts.ts";
import { schedulesOnPage, schedulesPage } from "./schedules-page.ts";

interface ScheduleRoute {
  readonly Params: { readonly name: string };
}

const hidden = { schema: { hide: true } };

/** The pages of schedules. */
export function schedulePages(
  scope: FastifyInstance,
  { schedules }: Pick<EngineApi, "schedules">,
): void {
  scope.get<{ readonly Querystring: { readonly cursor?: unknown } }>("/schedules", {
    ...hidden,
    handler: async (request, reply): Promise<FastifyReply> => {
      const { cursor } = request.query;
      if (cursor !== undefined && typeof cursor !== "string") {
        throw new ApiError("INVALID_REQUEST", "Expected one cursor, that of a page before.");
      }
      const page = await schedules.list({ limit: schedulesOnPage, cursor });
      return sendHtml(reply, schedulesPage(page, cursor === undefined, Date.now()));
    },
  });
  scope.get<ScheduleRoute>("/schedules/:name", {
    ...hidden,
    handler: async (request, reply): Promise<FastifyReply> =>
      sendHtml(reply, schedulePage(await schedules.describe(request.params.name), Date.now())),
  });
}

/** The routes for their forms, in the scope that refuses foreign forms. */
export function scheduleForms(
  scope: FastifyInstance,
  { schedules }: Pick<EngineApi, "schedules">,
): void {
  const actions: Readonly<Record<string, (name: string) => Promise<string>>> = {
    pause: async (name) => schedulePath((await schedules.pause(name)).name),
    resume: async (name) => schedulePath((await schedules.resume(name)).name),
    trigger: async (name) => {
      await schedules.trigger(name, { key: randomUUID() });
      return schedulePath(name);
    },
    delete: async (name) => {
      await schedules.delete(name);
      return "/schedules";
    },
  };
  for (const [action, run] of Object.entries(actions)) {
    scope.post<ScheduleRoute>(`/schedules/:name/${action}`, {
      ...hidden,
      handler: async (request, reply): Promise<FastifyReply> =>
        goTo(request, reply, await run(request.params.name)),
    });
  }
}
