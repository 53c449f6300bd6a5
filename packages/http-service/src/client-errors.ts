import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyBaseLogger } from "#libraries/fastify";
import { ApiError } from "./api-error.ts";
import type { DrainLimits } from "./drain.ts";
import { rawErrorReply, toErrorReply } from "./error-reply.ts";

/** Listener for the `clientError` event of `node:http`. */
export type ClientErrorHandler = (
  error: Error & { readonly code?: string },
  socket: Socket,
) => void;

/**
 * Responds on connections that didn't send a valid HTTP request.
 *
 * @param latestOf the newest response of a connection that is not complete, so that no other is written into its middle
 */
export function createClientErrorHandler(
  limits: DrainLimits,
  log: FastifyBaseLogger,
  latestOf: (socket: Socket) => ServerResponse | undefined,
): ClientErrorHandler {
  const answered = new WeakSet<Socket>();
  return (error, socket) => {
    if (answered.has(socket)) {
      // The parser reports every further chunk, too.
      return;
    }
    log.debug({ code: error.code }, "connection refused");
    const response = latestOf(socket);
    const answering = response !== undefined && response.headersSent && !response.writableFinished;
    if (!socket.writable || answering) {
      socket.destroy();
      return;
    }
    answered.add(socket);
    socket.end(rawErrorReply(toErrorReply(explain(error), "")));
    drainSocket(socket, limits);
  };
}

/** Keeps reading for a while, so that the client can read the response (see `answerWhileDraining`). */
function drainSocket(socket: Socket, limits: DrainLimits): void {
  let drained = 0;
  const timer = setTimeout(() => socket.destroy(), limits.drainTimeoutMs);
  socket.once("close", () => clearTimeout(timer));
  socket.on("data", (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > limits.drainBytes) {
      socket.destroy();
    }
  });
  socket.resume();
}

/** Error codes of Node's HTTP parser: https://nodejs.org/api/http.html#event-clienterror */
function explain(error: Error & { readonly code?: string }): ApiError {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return new ApiError(
        "HEADERS_TOO_LARGE",
        "The request's URL and headers are larger than 16 KiB together.",
      );
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new ApiError(
        "BODY_TOO_LARGE",
        "The chunk extensions of the request's body are too large.",
      );
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new ApiError("REQUEST_TIMEOUT", "The request took too long to arrive.");
    default:
      return new ApiError("INVALID_REQUEST", "The data received is not a valid HTTP request.");
  }
}
