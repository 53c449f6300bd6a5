import { acceptForms } from "@flawless-ts/http-service/pages";
import { errorResponses, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance, FastifyReply } from "fastify";
import { askedNodeOf } from "../../cluster/asked-node.ts";
import { sendListPage } from "../../pages/list-page.ts";
import type { ProgressStatus } from "../../queue/types.ts";
import type { ControlPlaneContext } from "../context.ts";
import { payloadText } from "../payload.ts";
import { urlSchema } from "../schemas.ts";

interface UiUpdate {
  readonly id: number;
  readonly status: ProgressStatus;
  readonly url: string;
  readonly urls_left: number;
}

const page = {
  description: "A page that lists the newest jobs.",
  content: { "text/html": { schema: { type: "string" } } },
} as const;

/** What the form on the page and the workflow `crawler` send. */
export function crawlRoutes({
  queue,
}: ControlPlaneContext): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.post<{ Body: UiUpdate }>("/ui-update", {
      schema: {
        operationId: "reportProgress",
        summary: "Report the progress of a crawl",
        description:
          "Moves the job `job-ID`: Request and Parse to InProgress, Done to Completed, Error to Failed. A job that has ended stays as it is, and a report about no job is taken and forgotten.",
        tags: ["crawls"],
        security: tokenSecurity,
        body: {
          type: "object",
          required: ["id", "status", "url", "urls_left"],
          properties: {
            id: { type: "integer", minimum: 0 },
            status: { type: "string", enum: ["Request", "Parse", "Done", "Error"] },
            url: { type: "string", maxLength: 8192 },
            urls_left: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
          },
        },
        response: {
          200: {
            description: "The report is durable.",
            type: "object",
            required: ["job_id", "status"],
            properties: {
              job_id: { type: "string" },
              status: { type: ["string", "null"], description: "Null where there is no job." },
            },
          },
          ...errorResponses(413, 415),
        },
      },
      handler: async (request) => {
        const { id: number, status, url, urls_left: urlsLeft } = request.body;
        const id = `job-${number}`;
        const job = await queue.report({ id, status, url, urlsLeft }, askedNodeOf(request));
        if (job === null) {
          request.log.debug({ job_id: id }, "report about no job");
        }
        return { job_id: id, status: job?.status ?? null };
      },
    });

    scope.get("/list", {
      schema: {
        operationId: "getListPage",
        summary: "The page that lists jobs",
        tags: ["crawls"],
        security: tokenSecurity,
        response: { 200: page, ...errorResponses() },
      },
      handler: async (_request, reply): Promise<FastifyReply> => sendListPage(reply, queue),
    });

    await scope.register(async (forms) => {
      acceptForms(forms);
      forms.post<{ Body: { readonly url: string } }>("/new-job", {
        schema: {
          operationId: "addCrawl",
          summary: "Add a crawl",
          description: "Adds the job `job-N` with the payload `{id: N, url}`.",
          tags: ["crawls"],
          security: tokenSecurity,
          consumes: ["application/x-www-form-urlencoded"],
          body: {
            type: "object",
            required: ["url"],
            additionalProperties: false,
            properties: { url: urlSchema },
          },
          response: { 200: page, ...errorResponses(413, 415) },
        },
        handler: async (request, reply) => {
          const payload = payloadText({ url: request.body.url });
          await queue.publishNext({ payload, workerTypes: [], requestId: request.id });
          return sendListPage(reply, queue);
        },
      });
    });
  };
}
