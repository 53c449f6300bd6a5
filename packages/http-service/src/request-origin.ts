import type { FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";

/**
 * Refuses what a browser sends on behalf of another site. A page on the web may post a form to an address of the
 * visitor's own machine without asking anybody; browsers say so in the `Origin` header, and other clients send none.
 *
 * @throws ApiError `FOREIGN_ORIGIN`
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined) {
    return;
  }
  const originHost = URL.parse(origin)?.host;
  if (originHost === undefined || originHost === "" || originHost !== host?.toLowerCase()) {
    throw new ApiError(
      "FOREIGN_ORIGIN",
      "The request comes from a web page of another origin than this server, and such requests are refused.",
    );
  }
}
