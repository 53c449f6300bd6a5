import type { FastifyRequest } from "#libraries/fastify";
import { ApiError } from "./api-error.ts";

/** Node uses the first of some repeated headers and joins others, so that a proxy may read the request differently. */
const singleHeaders = [
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "idempotency-key",
  "origin",
  "transfer-encoding",
];
/** Each has a bit of its own: a set for each request would take longer than all else here. */
const bitOf = new Map(singleHeaders.map((name, index) => [name, 1 << index] as const));

/**
 * Refuses a request that repeats a header that may occur only once, even with the same value.
 *
 * @throws ApiError `INVALID_REQUEST`
 */
export function refuseRepeatedHeaders(request: FastifyRequest): void {
  const { rawHeaders } = request.raw;
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    const bit = bitOf.get(name) ?? 0;
    if ((seen & bit) !== 0) {
      throw new ApiError("INVALID_REQUEST", `The request has more than one ${name} header.`);
    }
    seen |= bit;
  }
}
