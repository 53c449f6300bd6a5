import {
  createAuthentication,
  createService,
  errorReply,
  type ErrorReply,
  type ExplainError,
  observeRequests,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";
import { type ApiOptions, openPaths } from "../api/create-api.ts";
import { explainControlPlaneError } from "../api/error-statuses.ts";
import { controlPlaneVersion } from "../version.ts";
import { holderProxy } from "./holder-proxy.ts";
import type { JoinedHealth } from "./joined-health.ts";
import type { JoinedMetrics } from "./joined-metrics.ts";

/** What a node that joined another works with. */
export interface JoinedContext {
  readonly nodeId: string;
  readonly holderUrl: string;
  readonly health: () => Promise<JoinedHealth>;
  readonly metrics: JoinedMetrics;
  /** Where this node is reached. Known once it listens. */
  readonly ownUrl: () => string | null;
}

const explain: ExplainError = (error) =>
  explainControlPlaneError(error) ?? (isBadPath(error) ? badPath : undefined);

/** The proxy's own refusal of a path that could lead elsewhere than to the holder. */
function isBadPath(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === 400;
}

const badPath: ErrorReply = errorReply(
  400,
  "INVALID_REQUEST",
  "The request's path can't be passed on: it begins with two slashes, or holds .. or a whole URL.",
);

/** What the node answers itself, though callers without a token may ask. */
const ownOpenPaths: readonly string[] = ["/version", "/health"];

/**
 * The API of a node that keeps no queue of its own: it tells of itself, and passes on the rest. Not listening yet.
 * Closing it ends the event streams and waits for the requests under way.
 *
 * @throws InvalidOptionError where a token is invalid
 */
export function createJoinedApi(context: JoinedContext, options: ApiOptions): FastifyInstance {
  const { nodeId, holderUrl, health, metrics, ownUrl } = context;
  const { limits, logger } = options;
  const authentication = createAuthentication(options.tokens, "control-plane");
  const app = createService({ limits, logger, tls: options.tls, authentication, explain });

  observeRequests(app, metrics);
  app.get("/version", async (_request, reply) =>
    reply.type("text/plain; charset=utf-8").send(controlPlaneVersion),
  );
  app.get("/health", async (request, reply) => {
    const { status, ...details } = await health();
    void reply.code(status === "ok" ? 200 : 503).header("cache-control", "no-store");
    const told = authentication.allows(request) ? details : {};
    return { status, version: controlPlaneVersion, ...told };
  });
  // Whoever may ask the holder without a token may ask here, too.
  const passedOpenPaths = openPaths.filter((path) => !ownOpenPaths.includes(path));
  void app.register(holderProxy({ holderUrl, nodeId, routes: passedOpenPaths }));
  void app.register(async (guarded) => {
    guarded.addHook("onRequest", async (request) => {
      authentication.assertAllowed(request);
    });
    for (const path of ["/iroh/info", "/api/iroh/info"]) {
      guarded.get(path, async () => {
        const url = ownUrl();
        return { endpoint_id: nodeId, addresses: url === null ? [] : [url], transport: "http" };
      });
    }
    guarded.get("/metrics", async (_request, reply) => metrics.send(reply));
    await guarded.register(holderProxy({ holderUrl, nodeId }));
  });
  return app;
}
