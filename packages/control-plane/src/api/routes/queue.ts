import { Readable } from "node:stream";
import {
  bodyTextOf,
  callerSignal,
  errorResponses,
  type JsonSchema,
  numberInQuery,
  querySchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { askedNodeOf } from "../../cluster/asked-node.ts";
import type { Queue } from "../../queue/queue.ts";
import type { Job, JobStatus, WorkerType } from "../../queue/types.ts";
import { jobList, type ListQuery } from "../json-stream.ts";
import { idParameter, jobIdSchema, numbers, statusSchema, workerTypeSchema } from "../schemas.ts";
import { jobText, statsOf, workItemText } from "../wire.ts";
import { readPublication } from "../publication.ts";

/** Which form of the API a queue is served in. */
export type ApiForm = "first" | "second";

interface FormRules {
  readonly prefix: string;
  /** At the end of each operation's name. */
  readonly suffix: string;
  readonly schema: string;
  readonly write: (job: Job) => string;
}

const forms: Readonly<Record<ApiForm, FormRules>> = {
  first: { prefix: "/queue", suffix: "FirstForm", schema: "WorkItem#", write: workItemText },
  second: { prefix: "/api/queue", suffix: "", schema: "Job#", write: jobText },
};

interface StatusBody {
  readonly status: JobStatus;
  readonly error_message?: string | null;
}

interface ClaimQuery {
  readonly worker_id?: string;
  readonly worker_type?: WorkerType;
}

const states = ["pending", "claimed", "in_progress", "completed", "failed"];
const publication: JsonSchema = {
  type: "object",
  description:
    "`job_id` and `payload`; or, in the second form, the payload itself, such as `{url}`: then the server gives the id `job-N`, and N becomes the payload's `id`.",
  properties: {
    job_id: jobIdSchema,
    payload: {},
    compatible_worker_types: { type: ["array", "null"], items: workerTypeSchema, maxItems: 2 },
  },
};

/** The queue, in one of the forms of the API. */
export function queueRoutes(
  queue: Queue,
  form: ApiForm,
): (scope: FastifyInstance) => Promise<void> {
  const { prefix, suffix, schema, write } = forms[form];
  const about = (name: string, summary: string): Record<string, unknown> => ({
    operationId: `${name}${suffix}`,
    summary,
    tags: ["queue"],
    security: tokenSecurity,
  });
  const sendJob = (reply: FastifyReply, job: Job): FastifyReply =>
    reply.type("application/json; charset=utf-8").send(write(job));

  return async (scope) => {
    scope.post(`${prefix}/publish`, {
      schema: {
        ...about("publishJob", "Publish a job"),
        description:
          "Answers when the job is durable. The same id with the same payload changes nothing; with another payload it is refused.",
        body: form === "first" ? { ...publication, required: ["job_id", "payload"] } : publication,
        response: {
          200: { description: "The job is durable.", $ref: schema },
          ...errorResponses(409, 413, 415),
        },
      },
      handler: async (request, reply) => {
        const { id, ...job } = readPublication(bodyTextOf(request));
        const newJob = { ...job, requestId: request.id };
        return sendJob(
          reply,
          id === null ? await queue.publishNext(newJob) : await queue.publish(id, newJob),
        );
      },
    });

    scope.post<{ Querystring: ClaimQuery }>(`${prefix}/claim`, {
      schema: {
        ...about("claimJob", "Claim the oldest job that waits"),
        description: "Each job is handed out to one caller only.",
        querystring: querySchema(
          form === "first"
            ? {}
            : { worker_id: { type: "string", minLength: 1 }, worker_type: workerTypeSchema },
        ),
        response: {
          200: { description: "The job is the caller's.", $ref: schema },
          204: { description: "There is no job.", type: "null" },
          ...errorResponses(404, 409),
        },
      },
      handler: async (request, reply) => {
        const { worker_id: workerId = null, worker_type: workerType = null } = request.query;
        const caller = callerSignal(reply);
        const job = await queue.claim(workerId, workerType, askedNodeOf(request));
        if (job !== null && caller.aborted) {
          // Nobody would know that the job is theirs.
          request.log.info({ job_id: job.id }, "claimed by a caller that is gone");
          await queue.setStatus(job.id, "Pending", null);
        }
        return job === null ? reply.code(204).send() : sendJob(reply, job);
      },
    });

    scope.get<{ Querystring: ListQuery }>(`${prefix}/list`, {
      schema: {
        ...about("listJobs", "List jobs, oldest first"),
        querystring: querySchema({
          status: statusSchema,
          limit: { type: "integer", minimum: 1, description: "Default: all." },
        }),
        response: {
          200: { description: "The jobs.", type: "array", items: { $ref: schema } },
          ...errorResponses(),
        },
      },
      preValidation: numberInQuery("limit"),
      handler: async (request, reply) =>
        reply
          .type("application/json; charset=utf-8")
          .send(Readable.from(jobList(queue, request.query, write))),
    });

    scope.get(`${prefix}/stats`, {
      schema: {
        ...about("getQueueStats", "Count the jobs by state"),
        response: {
          200: numbers("The counts.", form === "first" ? states : [...states, "total"]),
          ...errorResponses(),
        },
      },
      handler: async () => {
        const stats = statsOf(await queue.counts());
        const total = Object.values(stats).reduce((sum, jobs) => sum + jobs, 0);
        return form === "first" ? stats : { ...stats, total };
      },
    });

    scope.get<{ Params: { readonly id: string } }>(`${prefix}/status/:id`, {
      schema: {
        ...about("getJob", "Look at a job"),
        params: idParameter,
        response: { 200: { description: "The job.", $ref: schema }, ...errorResponses(404) },
      },
      handler: async (request: FastifyRequest<{ Params: { readonly id: string } }>, reply) =>
        sendJob(reply, await queue.job(request.params.id)),
    });

    scope.post<{ Params: { readonly id: string }; Body: StatusBody }>(`${prefix}/status/:id`, {
      schema: {
        ...about("setJobStatus", "Set a job's state"),
        description:
          "Completed and Failed are final; setting the same state again changes nothing.",
        params: idParameter,
        body: {
          type: "object",
          required: ["status"],
          properties: {
            status: statusSchema,
            error_message: { type: ["string", "null"], maxLength: 16_384 },
          },
        },
        response: {
          200: { description: "The job as it is now.", $ref: schema },
          ...errorResponses(404, 409, 413, 415),
        },
      },
      handler: async (request, reply) => {
        const { status, error_message: error = null } = request.body;
        return sendJob(
          reply,
          await queue.setStatus(request.params.id, status, error, askedNodeOf(request)),
        );
      },
    });
  };
}
