import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { EngineApi } from "./engine-api.ts";

/** What stands before an idempotency key in place of an id. */
const prefix = "key:";

/** Lets `key:KEY` stand for the workflow that was started with that key, in each route that names one by its id. */
export function acceptKeys(app: FastifyInstance, engine: Pick<EngineApi, "idOfKey">): void {
  // The caller is known to be allowed, and in a cluster the request is not passed on yet.
  app.addHook("preParsing", async (request) => {
    const params = request.params as { id?: unknown } | undefined;
    if (typeof params?.id === "string" && params.id.startsWith(prefix)) {
      params.id = await engine.idOfKey(params.id.slice(prefix.length));
    }
  });
}
