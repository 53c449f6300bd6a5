import type { FastifyInstance, HTTPMethods } from "fastify";
import { ApiError } from "./api-error.ts";

/** The methods that each path takes; filled as routes are registered. */
export type MethodsByPath = ReadonlyMap<string, ReadonlySet<string>>;

/** Notes down the routes of `app` that are registered from here on. */
export function collectMethods(app: FastifyInstance): MethodsByPath {
  const methods = new Map<string, Set<string>>();
  app.addHook("onRoute", (route) => {
    if (route.config?.refusesMethod === true) {
      return;
    }
    const ofPath = methods.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) {
      ofPath.add(method);
    }
    methods.set(route.url, ofPath);
  });
  return methods;
}

/**
 * Answers the other methods of the paths in scope with 405. To be registered after the routes, in their scope, so that the scope's
 * checks (such as that of the token) come first.
 */
export function refuseOtherMethods(
  methods: MethodsByPath,
  isInScope: (path: string) => boolean,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    for (const [path, taken] of [...methods].filter(([path]) => isInScope(path))) {
      const allow = [...taken].toSorted().join(", ");
      scope.route({
        method: scope.supportedMethods.filter((method) => !taken.has(method)) as HTTPMethods[],
        url: path.slice(scope.prefix.length),
        config: { refusesMethod: true },
        schema: { hide: true },
        onRequest: async (request) => {
          throw new ApiError(
            "METHOD_NOT_ALLOWED",
            `This route takes ${allow}, but not ${request.method}.`,
            {
              headers: { allow },
            },
          );
        },
        handler: async () => undefined,
      });
    }
  };
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Set on the routes that are there only to refuse a method. */
    refusesMethod?: boolean;
  }
}
