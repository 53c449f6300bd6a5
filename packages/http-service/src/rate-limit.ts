import type { FastifyInstance, FastifyRequest } from "#libraries/fastify";
import { ApiError } from "./api-error.ts";
import type { Authentication } from "./authentication.ts";
import type { ResolvedServiceLimits } from "./service-limits.ts";

const windowSeconds = 10;
/** How many callers are counted at the same time; beyond that, the least recent one is forgotten. */
const maxCallers = 10_000;

/**
 * Counts the requests of each caller, including those refused for other reasons, such as a wrong token.
 *
 * @returns a function that throws ApiError `RATE_LIMITED` if a caller sends too many; undefined if there is no limit
 */
export function limitRate(
  app: FastifyInstance,
  limits: ResolvedServiceLimits,
  authentication: Authentication | undefined,
): ((request: FastifyRequest) => Promise<void>) | undefined {
  const { requestsPerSecond } = limits;
  if (requestsPerSecond === 0) {
    return undefined;
  }
  // Loaded only if used, so that services without this limit start faster.
  void app.register(import("#libraries/rate-limit"), { global: false, cache: maxCallers });
  let count: ReturnType<FastifyInstance["createRateLimit"]> | undefined;
  return async (request) => {
    // Set once the plugin is loaded, which is before the first request.
    count ??= app.createRateLimit({
      max: requestsPerSecond * windowSeconds,
      timeWindow: windowSeconds * 1_000,
      keyGenerator: (counted) => authentication?.callerOf(counted) ?? counted.ip,
    });
    const result = await count(request);
    if (!result.isAllowed && result.isExceeded) {
      throw new ApiError(
        "RATE_LIMITED",
        `This caller has sent more than ${result.max} requests in ${windowSeconds} seconds. Send the next one in ${result.ttlInSeconds} seconds.`,
        { headers: { "retry-after": String(result.ttlInSeconds) } },
      );
    }
  };
}
