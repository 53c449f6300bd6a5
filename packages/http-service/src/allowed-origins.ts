import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { FastifyReply, FastifyRequest } from "#libraries/fastify";

/** Response headers that browsers hide from a page unless the server exposes them. */
const exposedHeaders = [
  "flawless-error-code",
  "flawless-workflow-id",
  "location",
  "retry-after",
  "x-request-id",
].join(", ");

/** Request headers the services accept, besides those a browser may always send. */
const allowedHeaders = [
  "authorization",
  "content-type",
  "idempotency-key",
  "prefer",
  "x-request-id",
].join(", ");

/** How many seconds browsers may cache a preflight response. Short, so that a changed option takes effect soon. */
const maxAgeSeconds = 600;

/**
 * The origins of web pages that may use the service: browsers let these pages read its responses and send requests that need
 * a preflight. Source: the Fetch standard, "CORS protocol"; for loopback addresses, "Private Network Access".
 *
 * An allowed page still needs a token if the service requires one. Cookies are not allowed, because no service here uses them.
 */
export class AllowedOrigins {
  readonly #origins: ReadonlySet<string>;

  /** @throws InvalidOptionError for anything but an origin. `*` is refused: it would let in every page that a user visits */
  constructor(origins: readonly string[] = []) {
    this.#origins = new Set(origins.map(checkedOrigin));
  }

  allows(origin: string | undefined): boolean {
    return origin !== undefined && this.#origins.has(origin);
  }

  /** Lets an allowed page read the response, whatever it is and whichever code sends it. */
  permit(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#origins.size === 0) return;
    const { raw } = reply;
    // Proxied responses write their own headers, but keep these.
    raw.setHeader("vary", "origin");
    const { origin } = request.headers;
    if (origin === undefined || !this.allows(origin)) return;
    raw.setHeader("access-control-allow-origin", origin);
    raw.setHeader("access-control-expose-headers", exposedHeaders);
  }

  /**
   * Responds to a preflight request.
   *
   * @returns whether the request was a preflight
   */
  answerPreflight(request: FastifyRequest, reply: FastifyReply): boolean {
    const { origin, "access-control-request-method": method } = request.headers;
    if (request.method !== "OPTIONS" || method === undefined || !this.allows(origin)) return false;
    reply.raw.setHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
    reply.raw.setHeader("access-control-allow-headers", allowedHeaders);
    reply.raw.setHeader("access-control-max-age", String(maxAgeSeconds));
    if (request.headers["access-control-request-private-network"] === "true") {
      reply.raw.setHeader("access-control-allow-private-network", "true");
    }
    void reply.code(204).send();
    return true;
  }
}

function checkedOrigin(text: string): string {
  const url = typeof text === "string" ? URL.parse(text) : null;
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  // People copy the trailing slash from the address bar.
  if (isWeb && url.href === `${url.origin}/`) return url.origin;
  throw new InvalidOptionError(
    "allowedOrigins",
    `expected the origin of a web page, such as https://app.example.com or http://localhost:5173, but got ${JSON.stringify(text)}.`,
  );
}
