import { createHash, timingSafeEqual } from "node:crypto";
import { Socket } from "node:net";
import type { FastifyRequest } from "#libraries/fastify";
import { ApiError } from "./api-error.ts";
import { TokenList } from "./token-list.ts";

/** Decides whether a request may use the service. */
export interface Authentication {
  /** Whether a token is needed at all. */
  readonly required: boolean;
  /** Whether the request has a valid token, or needs none. */
  allows(request: FastifyRequest): boolean;
  /**
   * Refuses a request that {@link allows} doesn't accept.
   *
   * @throws ApiError `UNAUTHORIZED`, the same for a missing and for a wrong token
   */
  assertAllowed(request: FastifyRequest): void;
  /** Identifies the caller: by its valid token, otherwise by its address. */
  callerOf(request: FastifyRequest): string;
}

/**
 * Checks bearer tokens (RFC 6750), or tokens that a browser sends as a password, against `tokens`. It compares hashes and
 * doesn't stop at the first match, so that response times reveal nothing about the tokens.
 *
 * @param realm what the tokens are for; browsers show it
 * @throws InvalidOptionError if the list is empty or a token can't be sent in a header.
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

/** The token that each connection used. Without this, an event stream would outlive its token. */
class TokenConnections {
  readonly #digests = new Map<Socket, Buffer>();

  note(socket: Socket, digest: Buffer): void {
    if (!(socket instanceof Socket)) {
      // Injected requests have no connection.
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

/** The token of `Bearer`, or the password of `Basic` (RFC 7617), which is all that browsers support. */
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
    "This server requires a token: send the header `Authorization: Bearer TOKEN` with one that it accepts.",
    // In this order: Chromium reads only the first scheme of a line, and doesn't support bearer tokens.
    { headers: { "www-authenticate": `Basic realm="${realm}", Bearer realm="${realm}"` } },
  );
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
