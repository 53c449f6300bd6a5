import type { Server as TlsServer } from "node:tls";
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchemaValidationError,
  type FastifyServerOptions,
} from "#libraries/fastify";
import { type Logger, pino } from "pino";
import { AllowedOrigins } from "./allowed-origins.ts";
import { ApiError } from "./api-error.ts";
import type { Authentication } from "./authentication.ts";
import { announceFarewells } from "./farewell.ts";
import { createClientErrorHandler } from "./client-errors.ts";
import { refuseEncodedBody } from "./content-encoding.ts";
import { type ExplainError, sendErrorReply } from "./error-reply.ts";
import { refuseForeignNames } from "./foreign-names.ts";
import { adaptHeaderTimeouts, relaxedTimeoutMs } from "./header-timeouts.ts";
import { KnownRoutes } from "./known-routes.ts";
import { compilersFactory } from "./lazy-validation.ts";
import { Connections } from "./connections.ts";
import { refuseLongPipeline } from "./pipelines.ts";
import { limitRate } from "./rate-limit.ts";
import { createRequestIds } from "./request-ids.ts";
import { RequestLog } from "./request-log.ts";
import { RequestLogger } from "./request-logger.ts";
import { refuseForeignOrigin } from "./request-origin.ts";
import type { ResolvedServiceLimits } from "./service-limits.ts";
import { refuseRepeatedHeaders } from "./single-headers.ts";
import { type TlsFiles, TlsIdentity } from "./tls-identity.ts";

/** Options of {@link createService}. */
export interface ServiceOptions {
  readonly limits: ResolvedServiceLimits;
  /** Logs requests and failures. Default: no log. */
  readonly logger?: Logger | undefined;
  /** The certificate to serve HTTPS with. Default: HTTP. */
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  /**
   * Identifies callers for the rate limit, decides who learns which routes exist, and whether web pages must be kept out by
   * the host name they use. Default: callers are identified by address, and need no token.
   */
  readonly authentication?: Authentication | undefined;
  /** The origins of web pages that may use the service, such as `https://app.example.com`. Default: its own pages only. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** The factor by which clients may exceed `headersTimeoutMs` while there are few of them. Default 6. */
  readonly relaxedFactor?: number | undefined;
  /**
   * Requests wait for this promise, because the service can't describe itself completely before, such as its ticket. Default:
   * requests don't wait.
   */
  readonly opened?: Promise<void> | undefined;
  /** Turns errors thrown by the service's own routes into responses. */
  readonly explain: ExplainError;
  /** The response to a body that doesn't match its route's schema. Default `INVALID_REQUEST`, with status 400. */
  readonly unfitBody?: "INVALID_REQUEST" | "INVALID_BODY" | undefined;
}

/** Longer than any id, so that a malformed id gets the response for an unknown one. */
const maxParamLength = 4096;

/**
 * A guarded Fastify instance that has no routes and doesn't listen yet. It has limits, request ids and responses to errors of
 * every kind, and refuses requests from web pages that are not allowed. Bodies are refused unless a scope accepts them.
 *
 * While it closes, it refuses new requests and waits for those under way.
 */
export function createService({
  limits,
  explain,
  unfitBody = "INVALID_REQUEST",
  ...options
}: ServiceOptions): FastifyInstance {
  const logger: FastifyBaseLogger = options.logger ?? pino({ enabled: false });
  const origins = new AllowedOrigins(options.allowedOrigins);
  const tls = options.tls === undefined ? undefined : identityOf(options.tls);
  const checkIntervalMs = Math.min(1_000, limits.headersTimeoutMs);
  const headerTimeouts = { ...limits, checkIntervalMs, factor: options.relaxedFactor };
  const connections = {
    // Without TCP keep-alive probes, a request whose caller's machine vanished would stay open forever.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    requireHostHeader: false,
    connectionsCheckingInterval: checkIntervalMs,
    // Node's parser is strict by default; an environment variable or a flag must not make it lenient.
    insecureHTTPParser: false,
    maxHeaderSize: 16 * 1024,
  };

  const app = fastify({
    loggerInstance: logger,
    logController: new RequestLog(),
    childLoggerFactory: (parent, bindings, options) => new RequestLogger(parent, bindings, options),
    bodyLimit: limits.jsonBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    routerOptions: { maxParamLength },
    ...(tls === undefined
      ? { http: connections }
      : {
          https: {
            ...connections,
            ...tls.files,
            handshakeTimeout: relaxedTimeoutMs(headerTimeouts),
          },
        }),
    return503OnClosing: false,
    genReqId: createRequestIds(),
    clientErrorHandler: createClientErrorHandler(limits, logger, (socket) =>
      clients.latestOf(socket),
    ),
    frameworkErrors: (error, request, reply) => {
      sendErrorReply(request, reply, error, limits, explain);
    },
    // The routes' schemas are ours and covered by tests. Checking them here would take a tenth of the startup time.
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        validateSchema: false,
        meta: false,
      },
    },
    schemaController: { compilersFactory },
    schemaErrorFormatter: (errors, part) =>
      new ApiError(part === "body" ? unfitBody : "INVALID_REQUEST", describeFault(errors, part)),
    // Both kinds of server are used in the same way, but their types are unrelated.
  } as FastifyServerOptions) as unknown as FastifyInstance;
  tls?.onChange((files) => (app.server as unknown as TlsServer).setSecureContext(files));
  app.server.maxConnections = limits.maxConnections;
  const clients = new Connections(app.server);
  adaptHeaderTimeouts(app.server, headerTimeouts, clients);

  app.setErrorHandler((error, request, reply) =>
    sendErrorReply(request, reply, error, limits, explain),
  );
  app.removeAllContentTypeParsers();

  const routes = new KnownRoutes(app, maxParamLength);
  const assertRate = limitRate(app, limits, options.authentication);
  let leaving = false;
  let closing = false;
  announceFarewells(app, clients, () => (leaving = true));
  const begunToClose = Promise.withResolvers<void>();
  app.addHook("preClose", async () => {
    leaving = true;
    closing = true;
    // Otherwise kept-alive connections would stay open, and closing would wait for them.
    clients.part();
    begunToClose.resolve();
  });
  let opening = options.opened;
  void opening?.then(() => (opening = undefined));
  const look = (request: FastifyRequest, reply: FastifyReply): void => {
    const { socket } = request.raw;
    refuseLongPipeline(clients.underWay(socket), limits.pipelinedRequests);
    void reply.header("x-request-id", request.id);
    origins.permit(request, reply);
    if (request.headers.host === undefined && request.raw.httpVersion === "1.1") {
      // Node would refuse it as well, but with an empty body.
      throw new ApiError("INVALID_REQUEST", "The request has no Host header.");
    }
    refuseRepeatedHeaders(request);
    refuseForeignOrigin(request, origins);
    if (options.authentication?.required !== true) {
      refuseForeignNames(request);
    }
  };
  const wait = async (request: FastifyRequest): Promise<void> => {
    await assertRate?.(request);
    if (opening !== undefined) {
      await Promise.race([opening, begunToClose.promise]);
    }
  };
  /** @returns whether the request is answered already */
  const admit = (request: FastifyRequest, reply: FastifyReply): boolean => {
    // Load balancers that check the health should move on from the first moment.
    if (closing || (leaving && request.routeOptions.url === "/health")) {
      throw new ApiError(
        "CLOSED",
        "The server is shutting down. Send the request again when it is back.",
      );
    }
    if (origins.answerPreflight(request, reply)) return true;
    if (request.is404) {
      // Before the body, which no route reads.
      options.authentication?.assertAllowed(request);
      throw routes.explainMissing(request.method, request.url);
    }
    return false;
  };
  // Promises only where there is something to wait for: each takes as long as all that is looked at here.
  app.addHook("onRequest", (request, reply, done): Promise<unknown> | undefined => {
    look(request, reply);
    if (assertRate !== undefined || opening !== undefined) {
      return wait(request).then(() => admit(request, reply));
    }
    if (!admit(request, reply)) done();
    return undefined;
  });

  // After the hooks that identify the caller.
  app.addHook("preParsing", ({ headers }, _reply, _payload, done) => {
    refuseEncodedBody(headers);
    done();
  });
  return app;
}

function identityOf(tls: TlsFiles | TlsIdentity): TlsIdentity {
  return tls instanceof TlsIdentity ? tls : new TlsIdentity(tls);
}

function describeFault(errors: FastifySchemaValidationError[], part: string): string {
  const faults = errors.map(({ instancePath, message, params }) => {
    const name = params["additionalProperty"] ?? params["allowedValues"];
    const detail = name === undefined ? "" : ` (${[name].flat().join(", ")})`;
    return `${part}${instancePath.replaceAll("/", ".")} ${message ?? "is invalid"}${detail}`;
  });
  return `The request does not fit the route: ${faults.join("; ")}.`;
}
