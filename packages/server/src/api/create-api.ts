import {
  acceptJsonBodies,
  createAuthentication,
  createService,
  describeService,
  refuseOtherMethods,
  resolveLimits,
  serviceRoutes,
  unauthorized,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";
import { type ApiOptions, defaultApiLimits } from "./api-options.ts";
import type { EngineApi } from "./engine-api.ts";
import { explainEngineError } from "./engine-error-reply.ts";
import { moduleRoutes } from "./routes/modules.ts";
import { startRoute } from "./routes/start.ts";
import { workflowRoutes } from "./routes/workflows.ts";
import { sharedSchemas } from "./schemas.ts";
import { serverVersion } from "./version.ts";

/**
 * The Flawless REST API over `engine`, as a Fastify instance that is not listening yet.
 *
 * Closing it refuses new requests and waits for those under way; the engine is the caller's to close.
 *
 * @throws ServiceOptionError `INVALID_REQUEST` where a limit or a token is of no use.
 */
export function createApi(engine: EngineApi, options: ApiOptions = {}): FastifyInstance {
  const limits = resolveLimits(options.limits ?? {}, defaultApiLimits);
  const authentication = createAuthentication(options.tokens);
  const { app, methods, answerUnknownRoutes } = createService({
    limits,
    logger: options.logger,
    explain: explainEngineError,
  });
  describeService(app, {
    title: "Flawless server",
    description:
      'The Flawless REST API as its public clients read it, and routes to look at workflows and modules. Every failure is `{"error": text}`, with a stable code in the header `flawless-error-code`.',
    version: serverVersion,
    tags: [
      { name: "workflows", description: "Start workflows, talk to them, look at them." },
      { name: "modules", description: "Deploy modules and list them." },
      { name: "server", description: "About the server itself." },
    ],
    schemas: sharedSchemas,
  });
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
      api.addHook("onRequest", async (request) => {
        if (!authentication.allows(request)) {
          throw unauthorized("flawless");
        }
      });
      answerUnknownRoutes(api);
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
