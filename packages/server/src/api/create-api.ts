import {
  acceptJsonBodies,
  createAuthentication,
  createService,
  describeService,
  observeRequests,
  resolveLimits,
  serviceRoutes,
} from "@flawless-ts/http-service";
import { EventStreams } from "@flawless-ts/http-service/pages";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { clusterRoutes } from "../cluster/cluster-routes.ts";
import { type ClusterView, clusterView } from "../cluster/cluster-view.ts";
import { passOn } from "../cluster/passing-on.ts";
import { isElsewhere } from "../cluster/request-route.ts";
import { backupRoute } from "../maintenance/backup-route.ts";
import { metricsRoute } from "../metrics/metrics-route.ts";
import { pageRoutes } from "../pages/page-routes.ts";
import { type ApiOptions, type ClusterApi, defaultApiLimits } from "./api-options.ts";
import type { EngineApi } from "./engine-api.ts";
import { explainEngineError } from "./engine-error-reply.ts";
import { acceptKeys } from "./keyed-addresses.ts";
import { activityRoutes } from "./routes/activities.ts";
import { moduleRoutes } from "./routes/modules.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { startRoute } from "./routes/start.ts";
import { workflowRoutes } from "./routes/workflows.ts";
import { sharedSchemas } from "./schemas/shared-schemas.ts";
import { serverVersion } from "../server-version.ts";
import { WaitingCallers } from "./waiting-callers.ts";

/**
 * The Flawless REST API for `engine`, as a Fastify instance that doesn't listen yet.
 *
 * While it closes, it refuses new requests and waits for those under way; the caller closes the engine.
 *
 * @throws InvalidOptionError if a limit or a token is invalid.
 */
export function createApi(engine: EngineApi, options: ApiOptions = {}): FastifyInstance {
  const limits = resolveLimits(options.limits ?? {}, defaultApiLimits);
  const authentication = createAuthentication(options.tokens, "flawless");
  const waitingCallers = new WaitingCallers(limits.waitingCallers);
  const app = createService({
    limits,
    logger: options.logger,
    tls: options.tls,
    opened: options.opened,
    authentication,
    allowedOrigins: options.allowedOrigins,
    explain: explainEngineError,
  });
  describeService(app, {
    title: "Flawless server",
    description:
      'The REST API of the original Flawless server, and the additional routes of this one. Every failure is `{"error": text}`, with a stable code in the header `flawless-error-code`.',
    version: serverVersion,
    tags: [
      { name: "workflows", description: "Start workflows, send them messages, and inspect them." },
      { name: "schedules", description: "Start workflows at scheduled times." },
      { name: "modules", description: "Deploy modules and list them." },
      { name: "activities", description: "Run activities, and inspect their queues." },
      { name: "server", description: "About the server itself." },
    ],
    schemas: sharedSchemas,
  });
  const { cluster } = options;
  if (cluster !== undefined) {
    const { node } = cluster;
    // Only the owner of a key knows a start that is not durable yet.
    acceptKeys(app, engine, (key) => isElsewhere(key, node));
    passOn(app, { ...cluster, bodyBytes: limits.jsonBytes, moduleBytes: limits.moduleBytes });
  }
  acceptKeys(app, engine);
  void app.register(
    serviceRoutes({
      version: serverVersion,
      tag: "server",
      healthSummary: "Whether the server can do its work",
      health: () => engine.health(),
      authentication,
    }),
  );
  void app.register(
    async (api) => {
      api.addHook("onRequest", (request, _reply, done) => {
        authentication.assertAllowed(request);
        done();
      });
      await api.register(moduleRoutes(engine, limits));
      if (cluster?.shown !== undefined) {
        await api.register(clusterRoutes(cluster.shown.node, cluster.shown.databases));
      }
      if (options.backup !== undefined) {
        await api.register(backupRoute(options.backup, options.division));
      }
      await api.register(async (scope) => {
        acceptJsonBodies(scope, limits.jsonBytes);
        await scope.register(startRoute(engine, waitingCallers));
        await scope.register(workflowRoutes(engine, waitingCallers));
        await scope.register(scheduleRoutes(engine.schedules));
      });
      await api.register(async (scope) => {
        acceptJsonBodies(scope, limits.activityBytes);
        await scope.register(activityRoutes(engine.activities));
      });
    },
    { prefix: "/api" },
  );
  const streams = new EventStreams(limits.eventStreams);
  app.addHook("preClose", async () => streams.close());
  const { metrics, watch } = options;
  if (metrics !== undefined) {
    metrics.watchStreams(() => streams.size);
    app.addHook("onClose", async () => metrics[Symbol.dispose]());
    observeRequests(app, metrics);
  }
  void app.register(async (pages) => {
    pages.addHook("onRequest", (request, _reply, done) => {
      authentication.assertAllowed(request);
      done();
    });
    if (metrics !== undefined) {
      await pages.register(metricsRoute(metrics));
    }
    const listen = watch === undefined ? undefined : watch.listen.bind(watch);
    await pages.register(pageRoutes(engine, { streams, listen, cluster: viewOf(cluster?.shown) }));
  });
  return app;
}

function viewOf(shown: ClusterApi["shown"]): (() => ClusterView) | undefined {
  return shown && (() => clusterView(shown.node, shown.databases));
}
