import { createHash, timingSafeEqual } from "node:crypto";
import { Socket } from "node:net";
import type { FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";
import { TokenList } from "./token-list.ts";

/** Tells whether a request may use the service. */
export interface Authentication {
  /** Whether a token is needed at all. */
  readonly required: boolean;
  /** Whether the request shows a valid token, or none is needed. */
  allows(request: FastifyRequest): boolean;
  /**
   * Refuses a request that {@link allows} does not let in.
   *
   * @throws ApiError `UNAUTHORIZED`, the same for no token and for a wrong one
   */
  assertAllowed(request: FastifyRequest): void;
  /** What tells the caller from others: by its valid token, else by its address. */
  callerOf(request: FastifyRequest): string;
}

/**
 * Checks bearer tokens (RFC 6750), or tokens as the password of a browser, against `tokens`. Tokens are compared by their
 * hashes and without stopping at the first match, so that the time an answer takes tells nothing about them.
 *
 * @param realm what the tokens are for, as a browser would show it
 * @throws InvalidOptionError where the list is empty or a token could not be sent in a header.
 */
export function createAuthentication(
  tokens: readonly string[] | TokenList | undefined,
  realm: string,
): Authentication {
  if (tokens === undefined) {
    return {
      required: false,
      allows: () => true,
      assertAllowed: () => undefined,
      callerOf: (request) => request.ip,
    };
  }
  const list = tokens instanceof TokenList ? tokens : new TokenList(tokens);
  const connections = new TokenConnections();
  let digests = list.tokens.map(digestOf);
  list.onChange(() => {
    digests = list.tokens.map(digestOf);
    connections.closeAllBut((digest) => isOneOf(digests, digest));
  });
  const validDigestOf = (request: FastifyRequest): Buffer | undefined => {
    const shown = shownToken(request.headers.authorization ?? "");
    const digest = shown === undefined ? undefined : digestOf(shown);
    return digest !== undefined && isOneOf(digests, digest) ? digest : undefined;
  };
  const allows = (request: FastifyRequest): boolean => {
    const digest = validDigestOf(request);
    if (digest !== undefined) {
      connections.note(request.raw.socket, digest);
    }
    return digest !== undefined;
  };
  return {
    required: true,
    allows,
    assertAllowed(request) {
      if (!allows(request)) {
        throw unauthorized(realm);
      }
    },
    callerOf: (request) => validDigestOf(request)?.toString("base64") ?? request.ip,
  };
}

/** By which token each connection was let in: an event stream would else outlive its token. */
class TokenConnections {
  readonly #digests = new Map<Socket, Buffer>();

  note(socket: Socket, digest: Buffer): void {
    if (!(socket instanceof Socket)) {
      // A request that was injected has no connection.
      return;
    }
    if (!this.#digests.has(socket)) {
      socket.once("close", () => this.#digests.delete(socket));
    }
    this.#digests.set(socket, digest);
  }

  closeAllBut(isValid: (digest: Buffer) => boolean): void {
    for (const [socket, digest] of this.#digests) {
      if (!isValid(digest)) {
        socket.destroy();
      }
    }
  }
}

function isOneOf(expected: readonly Buffer[], digest: Buffer): boolean {
  let matches = 0;
  for (const candidate of expected) {
    matches += timingSafeEqual(candidate, digest) ? 1 : 0;
  }
  return matches > 0;
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

function unauthorized(realm: string): ApiError {
  return new ApiError(
    "UNAUTHORIZED",
    "This server wants a token: send the header `Authorization: Bearer TOKEN` with one that it knows.",
    // In this order: Chromium reads the first scheme of a line only, and knows no bearer tokens.
    { headers: { "www-authenticate": `Basic realm="${realm}", Bearer realm="${realm}"` } },
  );
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
