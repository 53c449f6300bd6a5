import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";
import { ServiceOptionError } from "./service-option-error.ts";

/** Tells whether a request may use the service. */
export interface Authentication {
  /** Whether a token is needed at all. */
  readonly required: boolean;
  /** Whether the request shows a valid token, or none is needed. */
  allows(request: FastifyRequest): boolean;
}

/**
 * Checks bearer tokens (RFC 6750), or tokens as the password of a browser, against `tokens`. Tokens are compared by their hashes and without stopping at the
 * first match, so that the time an answer takes tells nothing about them.
 *
 * @throws ServiceOptionError where the list is empty or a token could not be sent in a header.
 */
export function createAuthentication(tokens: readonly string[] | undefined): Authentication {
  if (tokens === undefined) {
    return { required: false, allows: () => true };
  }
  if (tokens.length === 0) {
    throw new ServiceOptionError(
      "The list of tokens is empty. Give at least one token, or leave the list out for an open API.",
    );
  }
  if (!tokens.every((token) => /^[\x21-\x7e]{1,1024}$/.test(token))) {
    throw new ServiceOptionError(
      "A token has to consist of 1 to 1,024 visible ASCII characters without spaces.",
    );
  }
  const digests = tokens.map(digestOf);
  return {
    required: true,
    allows(request) {
      const shown = shownToken(request.headers.authorization ?? "");
      if (shown === undefined) {
        return false;
      }
      const digest = digestOf(shown);
      let matches = 0;
      for (const expected of digests) {
        matches += timingSafeEqual(expected, digest) ? 1 : 0;
      }
      return matches > 0;
    },
  };
}

/** The token of `Bearer`, or the password of `Basic` (RFC 7617): browsers can show no other. */
function shownToken(header: string): string | undefined {
  const [, scheme = "", credentials = ""] = /^(\w+) +([\x21-\x7e]+)$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return credentials;
    case "basic":
      return /^[^:]*:(.+)$/s.exec(Buffer.from(credentials, "base64").toString())?.[1];
    default:
      return undefined;
  }
}

/**
 * The answer to a request without a valid token; it is the same for none and for a wrong one.
 *
 * @param realm what the token is for, as a browser would show it
 */
export function unauthorized(realm: string): ApiError {
  return new ApiError(
    "UNAUTHORIZED",
    "This server wants a token: send the header `Authorization: Bearer TOKEN` with one that it knows.",
    { headers: { "www-authenticate": `Bearer realm="${realm}", Basic realm="${realm}"` } },
  );
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
