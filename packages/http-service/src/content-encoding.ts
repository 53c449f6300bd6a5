import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "./api-error.ts";

/**
 * Refuses a compressed or otherwise encoded body, because nothing here decodes it.
 *
 * @throws ApiError `UNSUPPORTED_MEDIA_TYPE`
 */
export function refuseEncodedBody(headers: IncomingHttpHeaders): void {
  const encoding = headers["content-encoding"];
  const hasBody =
    headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
  if (encoding === undefined || !hasBody) {
    return;
  }
  const codings = encoding.split(",").map((coding) => coding.trim().toLowerCase());
  if (codings.some((coding) => coding !== "" && coding !== "identity")) {
    throw new ApiError(
      "UNSUPPORTED_MEDIA_TYPE",
      `The body has the Content-Encoding ${JSON.stringify(encoding)}. Send it without encoding and without that header.`,
      // What is accepted instead: RFC 9110, section 15.5.16.
      { headers: { "accept-encoding": "identity" } },
    );
  }
}
