import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { FastifyReply, FastifyRequest } from "fastify";

/** What browsers keep from a page unless a server names it. */
const exposedHeaders = [
  "flawless-error-code",
  "flawless-workflow-id",
  "location",
  "retry-after",
  "x-request-id",
].join(", ");

/** What the services take, beside what a browser sends without asking. */
const allowedHeaders = [
  "authorization",
  "content-type",
  "idempotency-key",
  "prefer",
  "x-request-id",
].join(", ");

/** Seconds that a browser may keep the answer to a preflight for: a change of the option is to be noticed soon. */
const maxAgeSeconds = 600;

/**
 * The origins of web pages that may use the service: their browsers let them read its answers, and send requests that
 * browsers ask for first. Source: the Fetch standard, "CORS protocol"; for loopback addresses, "Private Network Access".
 *
 * A page that is allowed still has to show a token where one is wanted. Cookies are not allowed, as no service here has any.
 */
export class AllowedOrigins {
  readonly #origins: ReadonlySet<string>;

  /** @throws InvalidOptionError for what is no origin; `*` is none: it would let every page in that a user of it visits */
  constructor(origins: readonly string[] = []) {
    this.#origins = new Set(origins.map(checkedOrigin));
  }

  allows(origin: string | undefined): boolean {
    return origin !== undefined && this.#origins.has(origin);
  }

  /** Tells the browser of a page that is allowed that it may read the answer, whatever that is and whoever gives it. */
  permit(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#origins.size === 0) return;
    const { raw } = reply;
    // What answers for another server writes its own headers, but keeps these.
    raw.setHeader("vary", "origin");
    const { origin } = request.headers;
    if (origin === undefined || !this.allows(origin)) return;
    raw.setHeader("access-control-allow-origin", origin);
    raw.setHeader("access-control-expose-headers", exposedHeaders);
  }

  /**
   * Answers a browser that asks whether a page may send a request.
   *
   * @returns whether it was such a question
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
  // The slash at the end is what people copy from the address bar.
  if (isWeb && url.href === `${url.origin}/`) return url.origin;
  throw new InvalidOptionError(
    "allowedOrigins",
    `expected the origin of a web page, such as https://app.example.com or http://localhost:5173, but got ${JSON.stringify(text)}.`,
  );
}
