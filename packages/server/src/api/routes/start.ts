import type { FastifyInstance, FastifyRequest } from "@flawless-ts/http-service/fastify";
import { callerSignal, errorResponses, tokenSecurity } from "@flawless-ts/http-service";
import type { StartOrigin } from "../../engine/index.ts";
import type { EngineApi } from "../engine-api.ts";
import { okResponse, startedErrorResponse } from "../schemas/responses.ts";
import { labelsSchema } from "../schemas/workflow-schemas.ts";
import { keyHeader, readKey } from "./idempotency-key.ts";
import type { WaitingCallers } from "../waiting-callers.ts";

interface StartBody {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  readonly input: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The route that starts a workflow. */
export function startRoute(
  engine: EngineApi,
  waitingCallers: WaitingCallers,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.post<{ Body: StartBody; Headers: StartHeaders }>("/workflow/start", {
      schema: {
        operationId: "startWorkflow",
        summary: "Start a workflow",
        description:
          "Answers when the workflow responds or ends, or, with `Prefer: respond-async`, as soon as the start is durable. If the caller disconnects, the workflow keeps running.",
        tags: ["workflows"],
        security: tokenSecurity,
        headers: {
          type: "object",
          properties: {
            "idempotency-key": keyHeader(
              "A second start with the same key returns the workflow of the first one.",
            ),
            prefer: {
              type: "string",
              description: "`respond-async`: answer with 202 once the start is durable.",
              examples: ["respond-async"],
            },
          },
        },
        body: {
          type: "object",
          required: ["module", "version", "workflow", "input"],
          properties: {
            module: { type: "string", examples: ["crawler"] },
            version: { type: "string", examples: ["0.1.8"] },
            workflow: { type: "string", examples: ["start"] },
            input: {
              type: "string",
              description: "JSON text; `null` for a workflow without input.",
              examples: ["null"],
            },
            labels: labelsSchema,
          },
        },
        response: {
          200: okResponse("The workflow responded or ended.", { $ref: "StartedWorkflow#" }),
          202: okResponse("The start is durable.", { $ref: "StartedWorkflow#" }),
          ...errorResponses(404, 413, 415, 429),
          409: startedErrorResponse(409),
          422: startedErrorResponse(422),
        },
      },
      handler: async (request, reply) => {
        const { module, version, workflow, input, labels } = request.body;
        const detached = prefersAsync(request.headers.prefer);
        const idempotencyKey = readKey(request.headers["idempotency-key"]);
        const { id, response } = await waitingCallers.during(() =>
          engine.start(
            { module, version, workflow, input, idempotencyKey, labels, origin: originOf(request) },
            { signal: callerSignal(reply), detached },
          ),
        );
        if (detached) {
          void reply.code(202).header("preference-applied", "respond-async");
        }
        return { ok: { id, response } };
      },
    });
  };
}

/** The caller's trace context (https://www.w3.org/TR/trace-context/), which is ignored if it is too long. */
export function originOf({ id, headers }: FastifyRequest): StartOrigin {
  const { traceparent, tracestate } = headers;
  const isTrace = typeof traceparent === "string" && traceparent.length <= maxTraceparentLength;
  const state = typeof tracestate === "string" && tracestate.length <= maxTracestateLength;
  return {
    requestId: id,
    trace: isTrace ? { traceparent, tracestate: state ? tracestate : null } : null,
  };
}

const maxTraceparentLength = 256;
const maxTracestateLength = 8 * 1024;

interface StartHeaders {
  readonly "idempotency-key"?: string;
  readonly prefer?: string;
}

/** RFC 7240: a list of preferences, each with parameters that don't matter here. */
function prefersAsync(header: string | undefined): boolean {
  return (header ?? "")
    .split(",")
    .some((preference) => /^\s*respond-async\s*(;|$)/i.test(preference));
}
