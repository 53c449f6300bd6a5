import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { EngineError } from "../errors.ts";
import type { EngineApi } from "./engine-api.ts";

/** The prefix of an idempotency key that replaces an id. */
const prefix = "key:";

/** The idempotency key that replaces an id; undefined for an id. */
export function keyInPlaceOf(id: unknown): string | undefined {
  return typeof id === "string" && id.startsWith(prefix) ? id.slice(prefix.length) : undefined;
}

/**
 * Lets `key:KEY` replace the id of the workflow that was started with that key, in every route with an id.
 *
 * @param mayBeKnownElsewhere whether an unknown key is left for later hooks. Default: it is refused.
 */
export function acceptKeys(
  app: FastifyInstance,
  engine: Pick<EngineApi, "idOfKey">,
  mayBeKnownElsewhere: (key: string) => boolean = () => false,
): void {
  // At this point the caller is authorized.
  app.addHook("preParsing", (request, _reply, _payload, done): Promise<void> | undefined => {
    const params = request.params as { id?: unknown } | undefined;
    const key = keyInPlaceOf(params?.id);
    if (params !== undefined && key !== undefined) {
      return engine.idOfKey(key).then(
        (id) => {
          params.id = id;
        },
        (error: unknown) => {
          const isUnknown = error instanceof EngineError && error.code === "WORKFLOW_NOT_FOUND";
          if (!isUnknown || !mayBeKnownElsewhere(key)) {
            throw error;
          }
        },
      );
    }
    done();
    return undefined;
  });
}
