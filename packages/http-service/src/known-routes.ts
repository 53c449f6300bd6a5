import type { FastifyInstance } from "#libraries/fastify";
import { findMyWay } from "#libraries/find-my-way";
import { ApiError } from "./api-error.ts";

/**
 * The routes of a service, to tell unknown paths from unsupported methods. Registering extra routes that refuse the other
 * methods would be most of all routes, and would slow down each start.
 */
export class KnownRoutes {
  readonly #maxParamLength: number;
  readonly #methods = new Map<string, Set<string>>();
  #router: ReturnType<typeof findMyWay> | undefined;

  /** Records the routes that `app` registers from now on. `maxParamLength` must match its router's. */
  constructor(app: FastifyInstance, maxParamLength: number) {
    this.#maxParamLength = maxParamLength;
    app.addHook("onRoute", ({ method, url: path }) => {
      const methods = this.#methods.get(path) ?? new Set();
      this.#methods.set(path, methods);
      [method].flat().forEach((each) => methods.add(each));
    });
  }

  /** The error for a request without a route: 405 with the supported methods, or 404. */
  explainMissing(method: string, url: string): ApiError {
    const router = (this.#router ??= this.#createRouter());
    const path = router.find("GET", url)?.store as string | undefined;
    if (path === undefined) {
      return new ApiError(
        "ROUTE_NOT_FOUND",
        `There is no such route for ${method}. GET /openapi.json lists all routes.`,
      );
    }
    const allow = [...(this.#methods.get(path) ?? [])].toSorted().join(", ");
    const message = `This route supports ${allow}, but not ${method}.`;
    return new ApiError("METHOD_NOT_ALLOWED", message, { headers: { allow } });
  }

  /** A router of our own, because Fastify doesn't expose its own. It has all paths, whatever their methods. Built on first use. */
  #createRouter(): ReturnType<typeof findMyWay> {
    const router = findMyWay({ maxParamLength: this.#maxParamLength });
    for (const path of this.#methods.keys()) {
      router.on("GET", path, () => undefined, path);
    }
    return router;
  }
}
