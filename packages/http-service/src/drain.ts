import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { ResolvedServiceLimits } from "./service-limits.ts";

/** How much of a refused body to read, and for how long. */
export type DrainLimits = Pick<ResolvedServiceLimits, "drainBytes" | "drainTimeoutMs">;

/** Whether the client may still be sending the request's body. */
export function isBodyPending(request: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  return (
    !request.complete &&
    !request.readableEnded &&
    (encoding !== undefined || (length !== undefined && length !== "0"))
  );
}

/**
 * `text` as the body of the response to a request whose own body is not needed. The text is sent at once, but the response
 * ends only when the client has sent its whole body, or a limit is reached.
 *
 * A socket that is closed with unread data sends a reset, which would discard a response that the client hasn't read yet.
 */
export function answerWhileDraining(
  request: IncomingMessage,
  text: string,
  limits: DrainLimits,
): Readable {
  let drained = 0;
  const onData = (chunk: Buffer): void => {
    drained += chunk.length;
    if (drained > limits.drainBytes) {
      finish();
    }
  };
  const timer = setTimeout(() => finish(), limits.drainTimeoutMs);
  const stop = (): void => {
    clearTimeout(timer);
    request.off("data", onData).off("end", finish).off("close", finish).off("error", finish);
  };
  const answer = new Readable({
    read() {},
    destroy(error, done) {
      stop();
      done(error);
    },
  });
  function finish(): void {
    stop();
    answer.push(null);
  }
  answer.push(text);
  request.unpipe();
  request.on("data", onData).once("end", finish).once("close", finish).once("error", finish);
  request.resume();
  return answer;
}
