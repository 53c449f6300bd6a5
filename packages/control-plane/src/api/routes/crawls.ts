import { acceptForms } from "@flawless-ts/http-service/pages";
import { errorResponses, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "@flawless-ts/http-service/fastify";
import { sendListFragment, sendListPage } from "../../pages/list-page.ts";
import { sendRecentJobs } from "../../pages/mvm-ci-fragments.ts";
import type { Job, ProgressStatus } from "../../queue/types.ts";
import { askedFor, sendJson } from "../answers.ts";
import type { ControlPlaneContext } from "../context.ts";
import { payloadText } from "../payload.ts";
import { maxUrlLength, urlSchema } from "../schemas.ts";
import { jobText } from "../wire.ts";

interface UiUpdate {
  readonly id: number;
  readonly status: ProgressStatus;
  readonly url: string;
  readonly urls_left: number;
}

interface CrawlForm {
  readonly url: string;
}

const html = { "text/html": { schema: { type: "string" } } } as const;
const list = {
  description:
    "The newest jobs, as a piece of HTML; a whole page where the Accept header names text/html.",
  content: html,
} as const;

/** What the forms on the pages and the workflow `crawler` send. */
export function crawlRoutes({
  queue,
  flawless,
}: ControlPlaneContext): (scope: FastifyInstance) => Promise<void> {
  const about = (operationId: string, summary: string): Record<string, unknown> => ({
    operationId,
    summary,
    tags: ["crawls"],
    security: tokenSecurity,
  });
  const sendList = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    askedFor(request) === "page"
      ? sendListPage(reply, queue, flawless?.url ?? null)
      : sendListFragment(reply, queue);
  /** @param from the least number; mvm-ci counts from 0 in its first form, and from 1 in its second. */
  const publish = ({ id: requestId, body }: FastifyRequest, from: 0 | 1): Promise<Job> =>
    queue.publishNext({
      payload: payloadText({ url: (body as CrawlForm).url }),
      workerTypes: [],
      requestId,
      from,
      numberInPayload: true,
    });

  return async (scope) => {
    scope.post<{ Body: UiUpdate }>("/ui-update", {
      schema: {
        ...about("reportProgress", "Report the progress of a crawl"),
        description:
          "Moves the job `job-ID`: Request and Parse to InProgress, Done to Completed, Error to Failed. A job that has ended stays as it is, and a report about no job is taken and forgotten.",
        body: {
          type: "object",
          required: ["id", "status", "url", "urls_left"],
          properties: {
            id: { type: "integer", minimum: 0 },
            status: { type: "string", enum: ["Request", "Parse", "Done", "Error"] },
            url: { type: "string", maxLength: maxUrlLength },
            urls_left: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
          },
        },
        response: {
          200: {
            description: "The report is durable. JSON where the Accept header names it.",
            content: {
              "text/html": { schema: { type: "string", examples: ["OK"] } },
              "application/json": {
                schema: {
                  type: "object",
                  required: ["job_id", "status"],
                  properties: {
                    job_id: { type: "string" },
                    status: {
                      type: ["string", "null"],
                      description: "Null where there is no job.",
                    },
                  },
                },
              },
            },
          },
          ...errorResponses(413, 415, 422),
        },
      },
      handler: async (request, reply) => {
        const { id: number, status, url, urls_left: urlsLeft } = request.body;
        const id = `job-${number}`;
        const job = await queue.report({ id, status, url, urlsLeft });
        if (job === null) {
          request.log.debug({ job_id: id }, "report about no job");
        }
        return askedFor(request) === "json"
          ? sendJson(reply, JSON.stringify({ job_id: id, status: job?.status ?? null }))
          : reply.type("text/html; charset=utf-8").send("OK");
      },
    });

    scope.get("/list", {
      schema: {
        ...about("getListPage", "The newest jobs for people"),
        response: { 200: list, ...errorResponses() },
      },
      handler: sendList,
    });

    await scope.register(async (forms) => {
      acceptForms(forms);
      const form = {
        consumes: ["application/x-www-form-urlencoded"],
        body: { type: "object", required: ["url"], properties: { url: urlSchema } },
      };

      forms.post("/new-job", {
        schema: {
          ...about("addCrawl", "Add a crawl"),
          description: "Adds the job `job-N` with the payload `{id: N, url}`; N counts from 0.",
          ...form,
          response: {
            200: {
              description: `${list.description} The job, where it names application/json.`,
              content: { ...html, "application/json": { schema: { $ref: "Job#" } } },
            },
            ...errorResponses(413, 415, 422),
          },
        },
        handler: async (request, reply) => {
          const job = await publish(request, 0);
          return askedFor(request) === "json"
            ? sendJson(reply, jobText(job))
            : sendList(request, reply);
        },
      });

      forms.post("/dashboard/submit-job", {
        schema: { hide: true, ...form },
        handler: async (request, reply) => {
          await publish(request, 1);
          return sendRecentJobs(reply, queue);
        },
      });
    });
  };
}
