import { Readable } from "node:stream";
import {
  bodyTextOf,
  callerSignal,
  errorResponses,
  type JsonSchema,
  numberInQuery,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "@flawless-ts/http-service/fastify";
import type { Queue } from "../../queue/queue.ts";
import type { JobStatus, WorkerType } from "../../queue/types.ts";
import { sendJson, sendTextOrJson } from "../answers.ts";
import { ignoreBodies } from "../ignored-bodies.ts";
import { jobList, type ListQuery } from "../json-stream.ts";
import { readPublication } from "../publication.ts";
import {
  idParameter,
  jobIdSchema,
  numbers,
  openQuery,
  statusSchema,
  textOrJson,
  workerTypeSchema,
} from "../schemas.ts";
import { jobText, statsOf } from "../wire.ts";

/** The form of the API to serve. */
export type ApiForm = "first" | "second";

interface FormRules {
  readonly prefix: string;
  /** The suffix of operation names. */
  readonly suffix: string;
  /** What happens to an invalid state change, and to another payload under an existing id. */
  readonly aboutConflicts: { readonly states: string; readonly payloads: string };
}

const forms: Readonly<Record<ApiForm, FormRules>> = {
  first: {
    prefix: "/queue",
    suffix: "FirstForm",
    aboutConflicts: {
      states: "A state change after the end, or for an unknown job, is ignored.",
      payloads:
        "With another payload it replaces the job, unless the job is handed out and has not ended.",
    },
  },
  second: {
    prefix: "/api/queue",
    suffix: "",
    aboutConflicts: {
      states: "A state change after the end is refused.",
      payloads: "Another payload is refused.",
    },
  },
};

interface OneJob {
  readonly id: string;
}

interface StatusBody {
  readonly status: JobStatus;
  readonly error_message?: string | null;
}

interface ClaimQuery {
  readonly worker_id?: string;
  readonly worker_type?: string;
}

const maxReasonLength = 16_384;
const jobReference: JsonSchema = { $ref: "Job#" };
const publication: JsonSchema = {
  type: "object",
  description:
    "`{job_id, payload}`; or `{payload}`: then the server gives the id `job-N`; or `{url}`: then the body is the payload, and N becomes its `id` unless it has one.",
  properties: {
    job_id: jobIdSchema,
    payload: {},
    url: { description: "The URL to crawl. Used only if there is no payload." },
    compatible_worker_types: { type: ["array", "null"], items: workerTypeSchema, maxItems: 2 },
  },
};

/** The queue, in one of the forms of the API. */
export function queueRoutes(
  queue: Queue,
  form: ApiForm,
): (scope: FastifyInstance) => Promise<void> {
  const { prefix, suffix, aboutConflicts } = forms[form];
  const about = (name: string, summary: string): Record<string, unknown> => ({
    operationId: `${name}${suffix}`,
    summary,
    tags: ["queue"],
    security: tokenSecurity,
  });

  return async (scope) => {
    scope.post(`${prefix}/publish`, {
      schema: {
        ...about("publishJob", "Publish a job"),
        description: `Answers when the job is durable. The same id with the same payload changes nothing. ${aboutConflicts.payloads}`,
        body: publication,
        response: {
          200: textOrJson("The job is durable.", "Job job-1 published", jobReference),
          ...errorResponses(409, 413, 415, 422),
        },
      },
      handler: async (request, reply) => {
        const { id, ...rest } = readPublication(bodyTextOf(request));
        const newJob = { ...rest, requestId: request.id };
        const job =
          id === null
            ? await queue.publishNext(newJob)
            : await queue.publish(id, newJob, form === "first");
        const named = form === "second" || id === null;
        const text = named ? `Job ${job.id} published` : "Work item published";
        return sendTextOrJson(request, reply, text, () => jobText(job));
      },
    });

    await scope.register(async (claims) => {
      ignoreBodies(claims);
      claims.post<{ Querystring: ClaimQuery }>(`${prefix}/claim`, {
        schema: {
          ...about("claimJob", "Claim the oldest job that waits"),
          description:
            "Each job is handed out to only one caller. Unregistered workers may claim, too.",
          querystring: openQuery({
            worker_id: { type: "string", maxLength: 1024 },
            worker_type: {
              type: "string",
              pattern: "^([Ww][Aa][Ss][Mm]|[Ff][Ii][Rr][Ee][Cc][Rr][Aa][Cc][Kk][Ee][Rr])$",
              description:
                "`wasm` or `firecracker`, in capitals or not. Default: the worker's, else any.",
            },
          }),
          response: {
            200: { description: "The job is the caller's.", ...jobReference },
            204: { description: "There is no job.", type: "null" },
            ...errorResponses(413, 415),
          },
        },
        handler: async (request, reply) => {
          const { worker_id: id = "", worker_type: type } = request.query;
          const workerType = (type?.toLowerCase() ?? null) as WorkerType | null;
          const caller = callerSignal(reply);
          const job = await queue.claim(id === "" ? null : id, workerType);
          if (job !== null && caller.aborted) {
            // Nobody would know that they have the job.
            request.log.info({ job_id: job.id }, "claimed by a disconnected caller");
            await queue.setStatus(job.id, "Pending", null);
          }
          return job === null ? reply.code(204).send() : sendJson(reply, jobText(job));
        },
      });
    });

    scope.get<{ Querystring: ListQuery }>(`${prefix}/list`, {
      schema: {
        ...about("listJobs", "List jobs, oldest first"),
        querystring: openQuery({
          status: statusSchema,
          limit: { type: "integer", minimum: 1, description: "Default: all." },
        }),
        response: {
          200: { description: "The jobs.", type: "array", items: jobReference },
          ...errorResponses(),
        },
      },
      preValidation: numberInQuery("limit"),
      handler: async (request, reply) =>
        reply
          .type("application/json; charset=utf-8")
          .send(Readable.from(jobList(queue, request.query, jobText))),
    });

    scope.get(`${prefix}/stats`, {
      schema: {
        ...about("getQueueStats", "Count the jobs by state"),
        response: {
          200: numbers("The counts.", [
            "pending",
            "claimed",
            "in_progress",
            "completed",
            "failed",
            "total",
          ]),
          ...errorResponses(),
        },
      },
      handler: async () => statsOf(await queue.counts()),
    });

    scope.get<{ Params: OneJob }>(`${prefix}/status/:id`, {
      schema: {
        ...about("getJob", "Look at a job"),
        params: idParameter,
        response: { 200: { description: "The job.", ...jobReference }, ...errorResponses(404) },
      },
      handler: async (request: FastifyRequest<{ Params: OneJob }>, reply): Promise<FastifyReply> =>
        sendJson(reply, jobText(await queue.job(request.params.id))),
    });

    scope.post<{ Params: OneJob; Body: StatusBody }>(`${prefix}/status/:id`, {
      schema: {
        ...about("setJobStatus", "Set a job's state"),
        description: `Completed and Failed are final; setting the same state again changes nothing. ${aboutConflicts.states}`,
        params: idParameter,
        body: {
          type: "object",
          required: ["status"],
          properties: {
            status: statusSchema,
            error_message: {
              type: ["string", "null"],
              description: `Why it failed; truncated to ${maxReasonLength} characters.`,
            },
          },
        },
        response: {
          200: textOrJson("The job as it is now; null if there is none.", "Status updated", {
            oneOf: [jobReference, { type: "null" }],
          }),
          ...errorResponses(...(form === "first" ? [] : [404, 409]), 413, 415, 422),
        },
      },
      handler: async (request, reply) => {
        const { status, error_message: reason = null } = request.body;
        const error = reason?.slice(0, maxReasonLength).toWellFormed() ?? null;
        const { id } = request.params;
        const job =
          form === "first"
            ? await queue.offerStatus(id, status, error)
            : await queue.setStatus(id, status, error);
        return sendTextOrJson(request, reply, "Status updated", () =>
          job === null ? "null" : jobText(job),
        );
      },
    });
  };
}
