import type { FastifyInstance } from "fastify";

/** Whoever counts requests. */
export interface RequestObserver {
  /** Told of each answer. `route` is its pattern, not its path: there must not be a series for each id. */
  observeRequest(method: string, route: string, status: number, milliseconds: number): void;
}

/** Tells `observer` of each request to `app` that was answered. */
export function observeRequests(app: FastifyInstance, observer: RequestObserver): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    observer.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime);
  });
}
