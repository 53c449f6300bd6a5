import type { Server as TlsServer } from "node:tls";
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifySchemaValidationError,
  type FastifyServerOptions,
} from "fastify";
import { type Logger, pino } from "pino";
import { AllowedOrigins } from "./allowed-origins.ts";
import { ApiError } from "./api-error.ts";
import type { Authentication } from "./authentication.ts";
import { announceFarewells } from "./farewell.ts";
import { createClientErrors } from "./client-errors.ts";
import { refuseEncodedBody } from "./content-encoding.ts";
import { type ExplainError, sendErrorReply } from "./error-reply.ts";
import { refuseForeignNames } from "./foreign-names.ts";
import { adaptHeaderTimeouts, relaxedTimeoutMs } from "./header-timeouts.ts";
import { KnownRoutes } from "./known-routes.ts";
import { compilersFactory } from "./lazy-validation.ts";
import { Connections } from "./connections.ts";
import { Pipelines } from "./pipelines.ts";
import { limitRate } from "./rate-limit.ts";
import { createRequestIds } from "./request-ids.ts";
import { RequestLog } from "./request-log.ts";
import { refuseForeignOrigin } from "./request-origin.ts";
import type { ResolvedServiceLimits } from "./service-limits.ts";
import { refuseRepeatedHeaders } from "./single-headers.ts";
import { type TlsFiles, TlsIdentity } from "./tls-identity.ts";

/** Options of {@link createService}. */
export interface ServiceOptions {
  readonly limits: ResolvedServiceLimits;
  /** Where requests and failures are logged to. Default: nowhere. */
  readonly logger?: Logger | undefined;
  /** Serves HTTPS with it. Default: HTTP. */
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  /**
   * Tells callers apart where the rate of their requests is limited, who is told which routes there are, and whether web pages
   * need be kept out by the name that they call. Default: by their addresses, and no token is needed.
   */
  readonly authentication?: Authentication | undefined;
  /** The origins of web pages that may use the service, such as `https://app.example.com`. Default: its own pages only. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** How many times `headersTimeoutMs` clients may take while there are few of them. Default 6. */
  readonly relaxedFactor?: number | undefined;
  /**
   * Requests wait for it: what the service tells of itself is whole only then, such as a ticket. Default: none waits.
   */
  readonly opened?: Promise<void> | undefined;
  /** How to answer the errors that the service's own routes throw. */
  readonly explain: ExplainError;
  /** How to answer a body that does not fit its route's schema. Default `INVALID_REQUEST`, with status 400. */
  readonly unfitBody?: "INVALID_REQUEST" | "INVALID_BODY" | undefined;
}

/** Longer than any id, so that a wrong one is answered as one that is not known. */
const maxParamLength = 4096;

/**
 * A Fastify instance that guards itself, without routes and not listening yet: limits, request ids, answers to errors
 * of every kind, no requests from web pages that are not allowed. Bodies are refused until a scope says which it takes.
 *
 * Closing it refuses new requests and waits for those under way.
 */
export function createService({
  limits,
  explain,
  unfitBody = "INVALID_REQUEST",
  ...options
}: ServiceOptions): FastifyInstance {
  const logger: FastifyBaseLogger = options.logger ?? pino({ enabled: false });
  const origins = new AllowedOrigins(options.allowedOrigins);
  const clientErrors = createClientErrors(limits, logger);
  const tls = options.tls === undefined ? undefined : identityOf(options.tls);
  const checkIntervalMs = Math.min(1_000, limits.headersTimeoutMs);
  const headerTimeouts = { ...limits, checkIntervalMs, factor: options.relaxedFactor };
  const connections = {
    // Without TCP's own probes a caller whose machine vanished would wait for its response forever.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    requireHostHeader: false,
    connectionsCheckingInterval: checkIntervalMs,
    // Node's own parser is strict; an environment variable or a flag must not make it lenient.
    insecureHTTPParser: false,
    maxHeaderSize: 16 * 1024,
  };

  const app = fastify({
    loggerInstance: logger,
    logController: new RequestLog(),
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
    clientErrorHandler: clientErrors.handle,
    frameworkErrors: (error, request, reply) => {
      sendErrorReply(request, reply, error, limits, explain);
    },
    // Routes' schemas are ours, and tests check them: checking them here takes a tenth of the time to be ready.
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
    // Both kinds of server are used in the same way, but their types are not of one family.
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
  const pipelines = new Pipelines(limits.pipelinedRequests);
  const assertRate = limitRate(app, limits, options.authentication);
  let leaving = false;
  let closing = false;
  announceFarewells(app, clients, () => (leaving = true));
  const begunToClose = Promise.withResolvers<void>();
  app.addHook("preClose", async () => {
    leaving = true;
    closing = true;
    // Else they would stay open for as long as they are kept alive, and closing would wait for them.
    clients.part();
    begunToClose.resolve();
  });
  let opening = options.opened;
  void opening?.then(() => (opening = undefined));
  app.addHook("onRequest", async (request, reply) => {
    clientErrors.watch(request.raw.socket, reply.raw);
    pipelines.enter(request.raw.socket, reply.raw);
    void reply.header("x-request-id", request.id);
    origins.permit(request, reply);
    if (request.headers.host === undefined && request.raw.httpVersion === "1.1") {
      // Node would refuse it on its own, but with an empty body.
      throw new ApiError("INVALID_REQUEST", "The request has no Host header.");
    }
    refuseRepeatedHeaders(request);
    refuseForeignOrigin(request, origins);
    if (options.authentication?.required !== true) {
      refuseForeignNames(request);
    }
    await assertRate?.(request);
    if (opening !== undefined) {
      await Promise.race([opening, begunToClose.promise]);
    }
    // Who looks whether to send requests here is to look elsewhere, from the first moment on.
    if (closing || (leaving && request.routeOptions.url === "/health")) {
      throw new ApiError(
        "CLOSED",
        "The server is shutting down. Send the request again when it is back.",
      );
    }
    if (origins.answerPreflight(request, reply)) return reply;
    if (request.is404) {
      // Before the body, which no route would read.
      options.authentication?.assertAllowed(request);
      throw routes.explainMissing(request.method, request.url);
    }
    return undefined;
  });

  // After the hooks that look at who asks.
  app.addHook("preParsing", async ({ headers }) => refuseEncodedBody(headers));
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
