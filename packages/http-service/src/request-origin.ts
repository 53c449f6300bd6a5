import type { FastifyRequest } from "fastify";
import type { AllowedOrigins } from "./allowed-origins.ts";
import { ApiError } from "./api-error.ts";

/**
 * Refuses what a browser sends on behalf of a site that is not allowed. A page on the web may post a form to an address of the
 * visitor's own machine without asking anybody; browsers say so in the `Origin` header, and other clients send none.
 *
 * @throws ApiError `FOREIGN_ORIGIN`
 */
export function refuseForeignOrigin(request: FastifyRequest, allowed: AllowedOrigins): void {
  const { origin, host } = request.headers;
  if (origin === undefined || allowed.allows(origin)) {
    return;
  }
  const originHost = URL.parse(origin)?.host;
  if (originHost === undefined || originHost === "" || originHost !== host?.toLowerCase()) {
    throw new ApiError(
      "FOREIGN_ORIGIN",
      "The request comes from a web page of another origin than this server, and such requests are refused unless the server is started with --allow-origin and that origin.",
    );
  }
}
