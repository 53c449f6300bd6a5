import { ApiError } from "@flawless-ts/http-service";
import type { FastifyRequest } from "@flawless-ts/http-service/fastify";

/**
 * Refuses forms that don't come from a page of this server. Otherwise a browser that knows the token, or needs none,
 * would post for any page on the web. All current browsers say in `Sec-Fetch-Site` or `Origin` where a form comes from
 * (https://www.w3.org/TR/fetch-metadata/); the server has already compared `Origin` with `Host`. Programs use the API.
 *
 * @throws ApiError `FOREIGN_ORIGIN`
 */
export async function refuseForeignForms(request: FastifyRequest): Promise<void> {
  const { origin, "sec-fetch-site": site } = request.headers;
  const isOwn = site === undefined ? origin !== undefined : site === "same-origin";
  if (!isOwn) {
    throw new ApiError(
      "FOREIGN_ORIGIN",
      "This form can be sent by the server's own pages only. Programs use the routes under /api.",
    );
  }
}
