import { ApiError } from "@flawless-ts/http-service";
import type { FastifyRequest } from "@flawless-ts/http-service/fastify";

/**
 * Refuses forms that do not come from a page of this very server. A browser that knows the token, or needs none, would
 * otherwise post for any page on the web. All current browsers tell by `Sec-Fetch-Site` or `Origin` where a form is from
 * (https://www.w3.org/TR/fetch-metadata/); the server has compared `Origin` with `Host` before. Programs have the API.
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
