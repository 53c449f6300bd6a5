import type { FastifyRequest } from "#libraries/fastify";
import { ApiError } from "./api-error.ts";

/** Node uses the first of some repeated headers and joins others, so that a proxy may read the request differently. */
const singleHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "idempotency-key",
  "origin",
  "transfer-encoding",
]);

/**
 * Refuses a request that repeats a header that may occur only once, even with the same value.
 *
 * @throws ApiError `INVALID_REQUEST`
 */
export function refuseRepeatedHeaders(request: FastifyRequest): void {
  const { rawHeaders } = request.raw;
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    if (!singleHeaders.has(name)) {
      continue;
    }
    if (seen.has(name)) {
      throw new ApiError("INVALID_REQUEST", `The request has more than one ${name} header.`);
    }
    seen.add(name);
  }
}
