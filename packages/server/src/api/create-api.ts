import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifySchemaValidationError,
} from "fastify";
import { pino } from "pino";
import { EngineError } from "../errors.ts";
import { ApiError } from "./api-error.ts";
import { type ApiOptions, resolveLimits } from "./api-options.ts";
import { createAuthentication, unauthorized } from "./authentication.ts";
import { createClientErrors } from "./client-errors.ts";
import type { EngineApi } from "./engine-api.ts";
import { sendErrorReply } from "./error-reply.ts";
import { acceptJsonBodies } from "./json-body.ts";
import { collectMethods, refuseOtherMethods } from "./other-methods.ts";
import { describeApi } from "./openapi.ts";
import { RequestLog } from "./request-log.ts";
import { refuseForeignOrigin } from "./request-origin.ts";
import { moduleRoutes } from "./routes/modules.ts";
import { serviceRoutes } from "./routes/service.ts";
import { startRoute } from "./routes/start.ts";
import { workflowRoutes } from "./routes/workflows.ts";

/** Longer than any id, so that a wrong one is answered with `WORKFLOW_NOT_FOUND`. */
const maxParamLength = 4096;

/**
 * The Flawless REST API over `engine`, as a Fastify instance that is not listening yet.
 *
 * Closing it refuses new requests and waits for those under way; the engine is the caller's to close.
 *
 * @throws EngineError `INVALID_REQUEST` where a limit or a token is of no use.
 */
export function createApi(engine: EngineApi, options: ApiOptions = {}): FastifyInstance {
  const limits = resolveLimits(options.limits);
  const authentication = createAuthentication(options.tokens);
  const logger: FastifyBaseLogger = options.logger ?? pino({ enabled: false });
  const clientErrors = createClientErrors(limits, logger);

  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new RequestLog(),
    bodyLimit: limits.jsonBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    routerOptions: { maxParamLength },
    // Without TCP's own probes a caller whose machine vanished would wait for its response for ever.
    http: {
      headersTimeout: limits.headersTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    },
    return503OnClosing: false,
    genReqId: requestIdOf,
    clientErrorHandler: clientErrors.handle,
    frameworkErrors: (error, request, reply) => {
      sendErrorReply(request, reply, error, limits);
    },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    schemaErrorFormatter: describeFault,
  });
  app.server.maxConnections = limits.maxConnections;

  // Response schemas are documentation here: a compiled serializer would silently drop what they do not name.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler((error, request, reply) => sendErrorReply(request, reply, error, limits));
  app.setNotFoundHandler((request, reply) =>
    sendErrorReply(request, reply, routeNotFound(request.method), limits),
  );
  app.removeAllContentTypeParsers();

  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onRequest", async (request, reply) => {
    clientErrors.watch(request.raw.socket, reply.raw);
    void reply.header("x-request-id", request.id);
    if (request.headers.host === undefined && request.raw.httpVersion === "1.1") {
      // Node would refuse it on its own, but with an empty body.
      throw new ApiError("INVALID_REQUEST", "The request has no Host header.");
    }
    refuseForeignOrigin(request);
    if (closing) {
      throw new EngineError(
        "CLOSED",
        "The server is shutting down. Send the request again when it is back.",
      );
    }
  });

  app.addHook("onSend", async (_request, reply) => {
    if (closing) {
      // Else it would stay open for as long as it is kept alive, and closing would wait for it.
      void reply.header("connection", "close");
    }
  });

  const methods = collectMethods(app);
  describeApi(app);
  void app.register(serviceRoutes(engine, authentication));
  void app.register(
    async (api) => {
      api.addHook("onRequest", async (request) => {
        if (!authentication.allows(request)) {
          throw unauthorized();
        }
      });
      api.setNotFoundHandler((request, reply) =>
        sendErrorReply(request, reply, routeNotFound(request.method), limits),
      );
      await api.register(moduleRoutes(engine, limits));
      await api.register(async (scope) => {
        acceptJsonBodies(scope, limits.jsonBytes);
        await scope.register(startRoute(engine));
        await scope.register(workflowRoutes(engine));
      });
      await api.register(refuseOtherMethods(methods, isUnderApi));
    },
    { prefix: "/api" },
  );
  void app.register(refuseOtherMethods(methods, (path) => !isUnderApi(path)));
  return app;
}

function isUnderApi(path: string): boolean {
  return path.startsWith("/api/");
}

/** The caller's own id for the request where that is fit for a log line, else a new one. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

function routeNotFound(method: string): ApiError {
  return new ApiError(
    "ROUTE_NOT_FOUND",
    `There is no such route for ${method}. GET /openapi.json lists those that there are.`,
  );
}

function describeFault(errors: FastifySchemaValidationError[], part: string): Error {
  const faults = errors.map(({ instancePath, message, params }) => {
    const name = params["additionalProperty"] ?? params["allowedValues"];
    const detail = name === undefined ? "" : ` (${[name].flat().join(", ")})`;
    return `${part}${instancePath.replaceAll("/", ".")} ${message ?? "is invalid"}${detail}`;
  });
  return new ApiError(
    "INVALID_REQUEST",
    `The request does not fit the route: ${faults.join("; ")}.`,
  );
}
