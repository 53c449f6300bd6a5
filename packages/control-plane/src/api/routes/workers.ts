import { randomUUID } from "node:crypto";
import { bodyTextOf, errorResponses, querySchema, tokenSecurity } from "@flawless-ts/http-service";
import type { FastifyInstance, FastifyReply } from "fastify";
import { ControlPlaneError } from "../../errors.ts";
import type { Queue } from "../../queue/queue.ts";
import type { WorkerStatus, WorkerType, WorkerView } from "../../queue/types.ts";
import { payloadText, readExactly } from "../payload.ts";
import { capacityProperties, idParameter, numbers, workerTypeSchema } from "../schemas.ts";
import { workerText } from "../wire.ts";

interface Capacity {
  readonly cpu_cores?: number | null;
  readonly memory_mb?: number | null;
}

interface RegisterBody extends Capacity {
  readonly worker_type: WorkerType;
  readonly worker_id?: string | null;
  readonly endpoint_id?: string | null;
}

interface OneWorker {
  readonly id: string;
}

const maxMetadataBytes = 16 * 1024;
const idPattern = "^[\\w.:@-]{1,128}$";

/** The registry of workers; part of the second form of the API. */
export function workerRoutes(queue: Queue): (scope: FastifyInstance) => Promise<void> {
  const about = (operationId: string, summary: string): Record<string, unknown> => ({
    operationId,
    summary,
    tags: ["workers"],
    security: tokenSecurity,
  });
  const aboutOne = (operationId: string, summary: string): Record<string, unknown> => ({
    ...about(operationId, summary),
    params: idParameter,
    response: {
      200: { description: "The worker as it is now.", $ref: "Worker#" },
      ...errorResponses(404),
    },
  });
  const sendText = (reply: FastifyReply, text: string): FastifyReply =>
    reply.type("application/json; charset=utf-8").send(text);
  const sendWorker = (reply: FastifyReply, worker: WorkerView): FastifyReply =>
    sendText(reply, workerText(worker));

  return async (scope) => {
    scope.post<{ Body: RegisterBody }>("/api/workers/register", {
      schema: {
        ...about("registerWorker", "Register a worker"),
        description:
          "A worker that registers under the same id again has started anew: the jobs that it had go back to the queue.",
        body: {
          type: "object",
          required: ["worker_type"],
          properties: {
            worker_type: workerTypeSchema,
            worker_id: {
              type: ["string", "null"],
              pattern: idPattern,
              description: "Default: the endpoint_id, where it is fit for an id, else a new one.",
            },
            endpoint_id: { type: ["string", "null"], maxLength: 1024, description: "Its name." },
            ...capacityProperties,
            metadata: {
              description: `Whatever else is worth telling, up to ${maxMetadataBytes} bytes.`,
            },
          },
        },
        response: {
          201: { description: "It is registered.", $ref: "Worker#" },
          ...errorResponses(413, 415, 429),
        },
      },
      handler: async (request, reply) => {
        const { worker_type: type, worker_id: id, endpoint_id: name } = request.body;
        const worker = await queue.register({
          id: id ?? idOfName(name) ?? randomUUID(),
          type,
          name: name ?? id ?? "",
          cpuCores: request.body.cpu_cores ?? null,
          memoryMb: request.body.memory_mb ?? null,
          metadata: readMetadata(bodyTextOf(request)),
        });
        request.log.info({ worker_id: worker.id, worker_type: type }, "worker registered");
        return sendWorker(reply.code(201), worker);
      },
    });

    scope.post<{ Params: OneWorker; Body: Capacity | undefined }>("/api/workers/:id/heartbeat", {
      schema: aboutOne("sendHeartbeat", "Tell that a worker lives"),
      preHandler: async (request) => checkCapacity(request.body),
      handler: async (request, reply) => {
        const { cpu_cores: cpuCores = null, memory_mb: memoryMb = null } = request.body ?? {};
        return sendWorker(reply, await queue.heartbeat(request.params.id, { cpuCores, memoryMb }));
      },
    });

    scope.post<{ Params: OneWorker }>("/api/workers/:id/drain", {
      schema: {
        ...aboutOne("drainWorker", "Drain a worker"),
        description: "It gets no more jobs, and those that it has go back to the queue.",
      },
      handler: async (request, reply) => {
        const worker = await queue.drain(request.params.id);
        request.log.info({ worker_id: worker.id }, "worker drained");
        return sendWorker(reply, worker);
      },
    });

    scope.get("/api/workers/list", {
      schema: {
        ...about("listWorkers", "List workers"),
        querystring: querySchema({}),
        response: {
          200: { description: "All workers.", type: "array", items: { $ref: "Worker#" } },
          ...errorResponses(),
        },
      },
      handler: async (_request, reply) => {
        const workers = await queue.workers();
        return sendText(reply, `[${workers.map(workerText).join(",")}]`);
      },
    });

    scope.get("/api/workers/stats", {
      schema: {
        ...about("getWorkerStats", "Count the workers by state"),
        response: {
          200: numbers("The counts.", [
            "total",
            "online",
            "draining",
            "offline",
            "total_active_jobs",
            "total_completed_jobs",
          ]),
          ...errorResponses(),
        },
      },
      handler: async () => statsOf(await queue.workers()),
    });

    scope.get<{ Params: OneWorker }>("/api/workers/:id", {
      schema: aboutOne("getWorker", "Look at a worker"),
      handler: async (request, reply) => sendWorker(reply, await queue.worker(request.params.id)),
    });
  };
}

function statsOf(workers: readonly WorkerView[]): Record<string, number> {
  const having = (status: WorkerStatus): number =>
    workers.filter((worker) => worker.status === status).length;
  return {
    total: workers.length,
    online: having("online"),
    draining: having("draining"),
    offline: having("offline"),
    total_active_jobs: workers.reduce((sum, { activeJobs }) => sum + activeJobs, 0),
    total_completed_jobs: workers.reduce((sum, { jobsCompleted }) => sum + jobsCompleted, 0),
  };
}

function idOfName(name: string | null | undefined): string | null {
  return name != null && new RegExp(idPattern).test(name) ? name : null;
}

function readMetadata(body: string): string {
  const { metadata = {} } = readExactly(body) as { readonly metadata?: unknown };
  const text = payloadText(metadata);
  if (Buffer.byteLength(text) > maxMetadataBytes) {
    throw new ControlPlaneError(
      "INVALID_REQUEST",
      `The metadata may have up to ${maxMetadataBytes} bytes as JSON.`,
    );
  }
  return text;
}

/** A heartbeat may come without a body, which a schema can't express. */
function checkCapacity(body: unknown): void {
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  const fits = (value: unknown): boolean =>
    value == null || (typeof value === "number" && value >= 0);
  if (body === undefined || (isObject && capacityOf(body).every(fits))) {
    return;
  }
  throw new ControlPlaneError(
    "INVALID_REQUEST",
    "A heartbeat has no body, or an object with cpu_cores and memory_mb, numbers from 0 on.",
  );
}

function capacityOf(body: Capacity): readonly unknown[] {
  return [body.cpu_cores, body.memory_mb];
}
