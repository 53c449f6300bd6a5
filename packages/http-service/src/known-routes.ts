import type { FastifyInstance } from "fastify";
import findMyWay, { type HTTPMethod } from "find-my-way";
import { ApiError } from "./api-error.ts";

/**
 * The routes of a service, to tell a path that there is not from a method that it does not take. Routes of their own that
 * refuse the other methods would be most of all routes, and take their time to be registered at each start.
 */
export class KnownRoutes {
  readonly #maxParamLength: number;
  readonly #routes: { readonly method: HTTPMethod; readonly path: string }[] = [];
  #router: ReturnType<typeof findMyWay> | undefined;

  /** Notes down the routes of `app` that are registered from here on. `maxParamLength` is that of its own router. */
  constructor(app: FastifyInstance, maxParamLength: number) {
    this.#maxParamLength = maxParamLength;
    app.addHook("onRoute", ({ method, url: path }) => {
      for (const each of [method].flat()) {
        this.#routes.push({ method: each as HTTPMethod, path });
      }
    });
  }

  /** Why there is no route for a request that Fastify has found none for: 405 with the methods that there are, or 404. */
  explainMissing(method: string, url: string): ApiError {
    const methods = this.#methodsOf(url).join(", ");
    return methods === ""
      ? new ApiError(
          "ROUTE_NOT_FOUND",
          `There is no such route for ${method}. GET /openapi.json lists those that there are.`,
        )
      : new ApiError("METHOD_NOT_ALLOWED", `This route takes ${methods}, but not ${method}.`, {
          headers: { allow: methods },
        });
  }

  #methodsOf(url: string): readonly string[] {
    const router = (this.#router ??= this.#createRouter());
    const methods = new Set(this.#routes.map(({ method }) => method));
    return [...methods].filter((method) => router.find(method, url) !== null).toSorted();
  }

  /** Fastify's is not to be had. Made when it is asked for the first time. */
  #createRouter(): ReturnType<typeof findMyWay> {
    const router = findMyWay({ maxParamLength: this.#maxParamLength });
    for (const { method, path } of this.#routes) {
      router.on(method, path, () => undefined);
    }
    return router;
  }
}
