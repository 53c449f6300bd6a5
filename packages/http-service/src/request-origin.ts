import type { FastifyRequest } from "#libraries/fastify";
import type { AllowedOrigins } from "./allowed-origins.ts";
import { ApiError } from "./api-error.ts";

/**
 * Refuses what a browser sends on behalf of a site that is not allowed. Any web page may post a form to an address of the
 * visitor's own machine. Browsers reveal it by the `Origin` header, which other clients don't send.
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
      "The request comes from a web page of another origin. Such requests are refused unless the server was started with --allow-origin and that origin.",
    );
  }
}
