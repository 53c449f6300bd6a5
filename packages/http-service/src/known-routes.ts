import type { FastifyInstance } from "fastify";
import findMyWay from "find-my-way";
import { ApiError } from "./api-error.ts";

/**
 * The routes of a service, to tell a path that there is not from a method that it does not take. Routes of their own that
 * refuse the other methods would be most of all routes, and take their time to be registered at each start.
 */
export class KnownRoutes {
  readonly #maxParamLength: number;
  readonly #methods = new Map<string, Set<string>>();
  #router: ReturnType<typeof findMyWay> | undefined;

  /** Notes down the routes of `app` that are registered from here on. `maxParamLength` is that of its own router. */
  constructor(app: FastifyInstance, maxParamLength: number) {
    this.#maxParamLength = maxParamLength;
    app.addHook("onRoute", ({ method, url: path }) => {
      const methods = this.#methods.get(path) ?? new Set();
      this.#methods.set(path, methods);
      [method].flat().forEach((each) => methods.add(each));
    });
  }

  /** Why there is no route for a request that Fastify has found none for: 405 with the methods that there are, or 404. */
  explainMissing(method: string, url: string): ApiError {
    const router = (this.#router ??= this.#createRouter());
    const path = router.find("GET", url)?.store as string | undefined;
    if (path === undefined) {
      return new ApiError(
        "ROUTE_NOT_FOUND",
        `There is no such route for ${method}. GET /openapi.json lists those that there are.`,
      );
    }
    const allow = [...(this.#methods.get(path) ?? [])].toSorted().join(", ");
    const message = `This route takes ${allow}, but not ${method}.`;
    return new ApiError("METHOD_NOT_ALLOWED", message, { headers: { allow } });
  }

  /** Fastify's is not to be had. It has all paths, whatever their methods. Made when it is asked for the first time. */
  #createRouter(): ReturnType<typeof findMyWay> {
    const router = findMyWay({ maxParamLength: this.#maxParamLength });
    for (const path of this.#methods.keys()) {
      router.on("GET", path, () => undefined, path);
    }
    return router;
  }
}
