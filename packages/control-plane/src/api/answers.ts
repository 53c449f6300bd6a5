import type { FastifyReply, FastifyRequest } from "@flawless-ts/http-service/fastify";

/** The forms a successful response can have besides mvm-ci's own. */
export type AskedFor = "json" | "page" | "original";

/**
 * Chooses the form of a response: mvm-ci's own (text or an HTML fragment), unless the request's Accept header names
 * `application/json` (the data as JSON) or `text/html` (a complete page, as browsers request it).
 */
export function askedFor({ headers: { accept = "" } }: FastifyRequest): AskedFor {
  const types = accept.split(",").map((range) => range.split(";")[0]?.trim().toLowerCase());
  if (types.includes("application/json")) {
    return "json";
  }
  return types.includes("text/html") ? "page" : "original";
}

/** Sends JSON text. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type("application/json; charset=utf-8").send(text);
}

/** Sends the JSON to callers that request it, and mvm-ci's text to all others. */
export function sendTextOrJson(
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
  json: () => string,
): FastifyReply {
  return askedFor(request) === "json"
    ? sendJson(reply, json())
    : reply.type("text/plain; charset=utf-8").send(text);
}
