import {
  acceptJsonBodies,
  createAuthentication,
  createService,
  describeService,
  observeRequests,
  serviceRoutes,
  type TlsFiles,
  type TlsIdentity,
  type TokenList,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { Logger } from "pino";
import { pageRoutes } from "../pages/page-routes.ts";
import { controlPlaneVersion } from "../version.ts";
import type { ResolvedControlPlaneLimits } from "./api-options.ts";
import type { ControlPlaneContext } from "./context.ts";
import { askHealth } from "./health.ts";
import { explainControlPlaneError } from "./error-statuses.ts";
import { blobRoutes } from "./routes/blobs.ts";
import { crawlRoutes } from "./routes/crawls.ts";
import { irohRoutes } from "./routes/iroh.ts";
import { nodeRoutes } from "./routes/nodes.ts";
import { queueRoutes } from "./routes/queue.ts";
import { storeHealthRoutes } from "./routes/store-health.ts";
import { workerRoutes } from "./routes/workers.ts";
import { sharedSchemas } from "./schemas.ts";

/** Options of {@link createApi}. */
export interface ApiOptions {
  readonly tokens?: readonly string[] | TokenList | undefined;
  readonly tls?: TlsFiles | TlsIdentity | undefined;
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Requests wait for this promise. Default: they don't wait. */
  readonly opened?: Promise<void> | undefined;
  readonly logger?: Logger | undefined;
  readonly limits: ResolvedControlPlaneLimits;
}

/** The two prefixes of iroh's routes. */
const irohForms = [
  { prefix: "/iroh", suffix: "FirstForm" },
  { prefix: "/api/iroh", suffix: "" },
] as const;

/** The routes that need no token. */
export const openPaths: readonly string[] = [
  "/version",
  "/health",
  "/hiqlite/health",
  "/health/hiqlite",
  "/openapi.json",
];

/**
 * Both forms of the mvm-ci API, as a Fastify instance that doesn't listen yet. Closing it ends the event streams and waits for
 * requests under way; the caller closes what the routes work with.
 *
 * @throws InvalidOptionError if a token is invalid
 */
export function createApi(context: ControlPlaneContext, options: ApiOptions): FastifyInstance {
  const { limits, logger } = options;
  const { queue, blobs, streams, gossip, metrics } = context;
  const authentication = createAuthentication(options.tokens, "control-plane");
  const app = createService({
    limits,
    logger,
    tls: options.tls,
    opened: options.opened,
    authentication,
    allowedOrigins: options.allowedOrigins,
    explain: explainControlPlaneError,
    unfitBody: "INVALID_BODY",
  });

  app.addHook("preClose", async () => {
    gossip.close();
    streams.close();
  });
  observeRequests(app, metrics);
  describeService(app, {
    title: "Control plane",
    description:
      'A queue of jobs for Flawless workflows, and a registry of the workers that run them: the mvm-ci API, in both of its forms. Every failure is `{"error": text}`, with a stable code in the header `flawless-error-code`.',
    version: controlPlaneVersion,
    tags: [
      { name: "queue", description: "Publish jobs, claim them, and report their status." },
      { name: "workers", description: "Register workers and look at them." },
      { name: "crawls", description: "Add crawls, and report their progress." },
      { name: "blobs", description: "Bytes by their hash." },
      { name: "gossip", description: "Topics to send to and listen to." },
      { name: "service", description: "About the control plane itself." },
    ],
    schemas: sharedSchemas,
  });
  void app.register(
    serviceRoutes({
      version: controlPlaneVersion,
      tag: "service",
      healthSummary: "Whether the control plane and its Flawless server can do their work",
      health: () => askHealth(context),
      authentication,
    }),
  );
  void app.register(storeHealthRoutes(context));
  void app.register(async (guarded) => {
    guarded.addHook("onRequest", async (request) => {
      authentication.assertAllowed(request);
    });
    for (const form of irohForms) {
      await guarded.register(blobRoutes(blobs, form, limits.blobBytes));
    }
    await guarded.register(async (scope) => {
      acceptJsonBodies(scope, limits.jsonBytes, { keepText: true });
      await scope.register(queueRoutes(queue, "first"));
      await scope.register(queueRoutes(queue, "second"));
      await scope.register(workerRoutes(queue, "/workers", "FirstForm"));
      await scope.register(workerRoutes(queue, "/api/workers", ""));
      await scope.register(crawlRoutes(context));
      await scope.register(nodeRoutes(context));
      await scope.register(pageRoutes(context));
      for (const form of irohForms) {
        await scope.register(irohRoutes(context, form));
      }
    });
  });
  return app;
}
