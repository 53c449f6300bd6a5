import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { EngineApi } from "./engine-api.ts";

/** The prefix of an idempotency key that replaces an id. */
const prefix = "key:";

/** Lets `key:KEY` replace the id of the workflow that was started with that key, in every route with an id. */
export function acceptKeys(app: FastifyInstance, engine: Pick<EngineApi, "idOfKey">): void {
  // At this point the caller is authorized, and in a cluster the request hasn't been forwarded yet.
  app.addHook("preParsing", (request, _reply, _payload, done): Promise<void> | undefined => {
    const params = request.params as { id?: unknown } | undefined;
    if (typeof params?.id === "string" && params.id.startsWith(prefix)) {
      return engine.idOfKey(params.id.slice(prefix.length)).then((id) => {
        params.id = id;
      });
    }
    done();
    return undefined;
  });
}
