import type { FastifyInstance } from "#libraries/fastify";

/** Counts requests. */
export interface RequestObserver {
  /** Called for each response. `route` is the pattern, not the path, so that there isn't a time series for each id. */
  observeRequest(method: string, route: string, status: number, milliseconds: number): void;
}

/** Calls `observer` for each request to `app` that got a response. */
export function observeRequests(app: FastifyInstance, observer: RequestObserver): void {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    observer.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime);
    done();
  });
}
