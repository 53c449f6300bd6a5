import type { FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";

/** Node takes the first of some of them, and joins others: a proxy before the server may see another one. */
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
 * Refuses a request that says twice what can be said once only, even if it is the same.
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
      throw new ApiError("INVALID_REQUEST", `The request has more than one header ${name}.`);
    }
    seen.add(name);
  }
}
