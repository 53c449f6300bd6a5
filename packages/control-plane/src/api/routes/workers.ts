import { randomUUID } from "node:crypto";
import {
  bodyTextOf,
  errorResponses,
  type JsonSchema,
  tokenSecurity,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { ControlPlaneError } from "../../errors.ts";
import type { Queue } from "../../queue/queue.ts";
import type { WorkerStatus, WorkerType, WorkerView } from "../../queue/types.ts";
import { sendJson, sendTextOrJson } from "../answers.ts";
import { ignoreBodies } from "../ignored-bodies.ts";
import { payloadText, readExactly } from "../payload.ts";
import {
  capacityProperties,
  idParameter,
  numbers,
  textOrJson,
  workerTypeSchema,
} from "../schemas.ts";
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

/** `GET .../stats` could not return a worker with that name. */
const fitForId = /^(?!stats$)[\w.:@-]{1,128}$/;

const workerOrNull: JsonSchema = { oneOf: [{ $ref: "Worker#" }, { type: "null" }] };

/** The registry of workers. mvm-ci's server has it under `/api/workers`, but its workers use `/workers`. */
export function workerRoutes(
  queue: Queue,
  prefix: "/workers" | "/api/workers",
  suffix: string,
): (scope: FastifyInstance) => Promise<void> {
  const about = (name: string, summary: string): Record<string, unknown> => ({
    operationId: `${name}${suffix}`,
    summary,
    tags: ["workers"],
    security: tokenSecurity,
  });
  const aboutOne = (name: string, summary: string, text: string): Record<string, unknown> => ({
    ...about(name, summary),
    params: idParameter,
    response: {
      200: textOrJson(
        "Also accepted from an unregistered worker, for which nothing is stored; then the worker is null.",
        text,
        workerOrNull,
      ),
      ...errorResponses(413, 415, 422),
    },
  });
  const textOf = (worker: WorkerView | null): string =>
    worker === null ? "null" : workerText(worker);

  return async (scope) => {
    scope.post<{ Body: RegisterBody }>(`${prefix}/register`, {
      schema: {
        ...about("registerWorker", "Register a worker"),
        description:
          "A worker that registers under the same worker_id again has restarted: its earlier jobs return to the queue.",
        body: {
          type: "object",
          required: ["worker_type"],
          properties: {
            worker_type: workerTypeSchema,
            worker_id: {
              type: ["string", "null"],
              description:
                "The id that it wants: up to 128 letters, digits and _ . : @ -. Default, and where it is none such: a new one, `worker-TYPE-UUID`.",
            },
            endpoint_id: { type: ["string", "null"], maxLength: 1024, description: "Its name." },
            ...capacityProperties,
            metadata: {
              description: `Any other data, up to ${maxMetadataBytes} bytes.`,
            },
          },
        },
        response: {
          201: {
            description: "It is registered.",
            type: "object",
            required: ["worker_id", "message"],
            properties: { worker_id: { type: "string" }, message: { type: "string" } },
          },
          ...errorResponses(413, 415, 422, 429),
        },
      },
      handler: async (request, reply) => {
        const { worker_type: type, worker_id: wanted, endpoint_id: name } = request.body;
        const worker = await queue.register({
          id: wanted != null && fitForId.test(wanted) ? wanted : `worker-${type}-${randomUUID()}`,
          type,
          name: name ?? wanted ?? "",
          cpuCores: request.body.cpu_cores ?? null,
          memoryMb: request.body.memory_mb ?? null,
          metadata: readMetadata(bodyTextOf(request)),
        });
        request.log.info({ worker_id: worker.id, worker_type: type }, "worker registered");
        return reply
          .code(201)
          .send({ worker_id: worker.id, message: `Worker ${worker.id} registered successfully` });
      },
    });

    scope.post<{ Params: OneWorker; Body: Capacity | null | undefined }>(
      `${prefix}/:id/heartbeat`,
      {
        schema: aboutOne("sendHeartbeat", "Tell that a worker lives", "Heartbeat recorded"),
        preHandler: async (request) => checkCapacity(request.body),
        handler: async (request, reply) => {
          const { cpu_cores: cpuCores = null, memory_mb: memoryMb = null } = request.body ?? {};
          const worker = await queue.heartbeat(request.params.id, { cpuCores, memoryMb });
          return sendTextOrJson(request, reply, "Heartbeat recorded", () => textOf(worker));
        },
      },
    );

    await scope.register(async (drains) => {
      ignoreBodies(drains);
      drains.post<{ Params: OneWorker }>(`${prefix}/:id/drain`, {
        schema: {
          ...aboutOne("drainWorker", "Drain a worker", "Worker w1 marked as draining"),
          description: "It gets no more jobs, and its current ones return to the queue.",
        },
        handler: async (request, reply) => {
          const { id } = request.params;
          const worker = await queue.drain(id);
          request.log.info({ worker_id: id, known: worker !== null }, "worker drained");
          const text = `Worker ${id} marked as draining`;
          return sendTextOrJson(request, reply, text, () => textOf(worker));
        },
      });
    });

    scope.get(prefix, {
      schema: {
        ...about("listWorkers", "List workers"),
        response: {
          200: { description: "All workers.", type: "array", items: { $ref: "Worker#" } },
          ...errorResponses(),
        },
      },
      handler: async (_request, reply) => {
        const workers = await queue.workers();
        return sendJson(reply, `[${workers.map(workerText).join(",")}]`);
      },
    });

    scope.get(`${prefix}/stats`, {
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

    scope.get<{ Params: OneWorker }>(`${prefix}/:id`, {
      schema: {
        ...about("getWorker", "Look at a worker"),
        params: idParameter,
        response: {
          200: { description: "The worker as it is now.", $ref: "Worker#" },
          ...errorResponses(404),
        },
      },
      handler: async (request, reply) =>
        sendJson(reply, workerText(await queue.worker(request.params.id))),
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

function readMetadata(body: string): string {
  const { metadata = {} } = readExactly(body) as { readonly metadata?: unknown };
  const text = payloadText(metadata);
  if (Buffer.byteLength(text) > maxMetadataBytes) {
    throw new ControlPlaneError(
      "INVALID_BODY",
      `The metadata may have at most ${maxMetadataBytes} bytes as JSON.`,
    );
  }
  return text;
}

/** A heartbeat may have no body, which a schema can't express. */
function checkCapacity(body: unknown): void {
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  const fits = (value: unknown): boolean =>
    value == null || (typeof value === "number" && value >= 0);
  if (body == null || (isObject && capacityOf(body).every(fits))) {
    return;
  }
  throw new ControlPlaneError(
    "INVALID_BODY",
    "A heartbeat has no body, or an object with the non-negative numbers cpu_cores and memory_mb.",
  );
}

function capacityOf(body: Capacity): readonly unknown[] {
  return [body.cpu_cores, body.memory_mb];
}
