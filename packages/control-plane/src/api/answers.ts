import type { FastifyReply, FastifyRequest } from "fastify";

/** What a successful answer can be beside what mvm-ci's is. */
export type AskedFor = "json" | "page" | "original";

/**
 * The one rule by which the form of an answer is chosen: mvm-ci's own (a text, or a piece of HTML), unless the request's
 * Accept header names `application/json` (what is told of, as JSON) or `text/html` (a whole page, as browsers ask for it).
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

/** Sends the JSON to whoever asks for it, and mvm-ci's text to all others. */
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
