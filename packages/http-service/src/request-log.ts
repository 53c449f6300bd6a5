import { LogController } from "#libraries/fastify";
import type { FastifyReply, FastifyRequest } from "#libraries/fastify";

/** One line per request instead of Fastify's two, and only at level debug. */
export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const fields = {
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (error) {
      request.log.info({ ...fields, err: error }, "request broke off");
    } else {
      request.log.debug(fields, "request");
    }
  }
}
