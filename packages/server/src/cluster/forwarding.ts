import type { FastifyReply, FastifyRequest } from "@flawless-ts/http-service/fastify";
import { pipeline } from "node:stream/promises";
import type { NodeRow } from "../store/postgres/index.ts";
import type { PeerOutcome } from "./peers.ts";

const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  "content-length",
]);

/** Whether a node that gives a partition back, or shuts down, did nothing, so that the next owner must be asked. */
export function tellsToGoElsewhere({
  status,
  headers,
  body,
}: Extract<PeerOutcome, { readonly kind: "answer" }>): boolean {
  const code = headers["flawless-error-code"];
  const isElsewhere = status === 503 && (code === "NO_OWNER" || code === "CLOSED");
  if (isElsewhere) {
    body.on("error", () => undefined).resume();
  }
  return isElsewhere;
}

/** The headers of a request, for another node. */
export function headersFor(
  request: FastifyRequest,
  owner: NodeRow,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !hopByHop.has(name)) {
      headers[name] = value;
    }
  }
  if (headers["origin"] !== undefined) {
    // It was already compared with the host of the caller's request.
    headers["origin"] = new URL(owner.url).origin;
  }
  return headers;
}

/** Sends another node's response to the caller. */
export async function relay(
  reply: FastifyReply,
  { status, headers, body }: Extract<PeerOutcome, { readonly kind: "answer" }>,
  log: FastifyRequest["log"],
): Promise<void> {
  reply.hijack();
  const passed = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && (!hopByHop.has(name) || name === "content-length"),
  );
  reply.raw.writeHead(status, Object.fromEntries(passed) as Record<string, string | string[]>);
  // Events must arrive as they happen.
  reply.raw.flushHeaders();
  await pipeline(body, reply.raw).catch((error: unknown) => {
    log.debug({ err: error }, "an answer of another node broke off");
    reply.raw.destroy();
  });
}
