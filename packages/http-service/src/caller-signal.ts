import type { FastifyReply } from "#libraries/fastify";

/**
 * A signal that is aborted when the caller's connection closes before the response was sent. Fastify's own
 * `request.signal` follows the request's stream, which may already close once the body has been read.
 */
export function callerSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) {
      controller.abort();
    }
  });
  return controller.signal;
}
