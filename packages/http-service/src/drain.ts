import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { ResolvedServiceLimits } from "./service-limits.ts";

/** How much of a refused body is still read, and for how long. */
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
 * `text` as the body of an answer to a request whose own body is not wanted. The text is sent at once; the answer ends
 * only when the client has sent all it wanted to, or a limit is reached.
 *
 * A socket that is closed with unread data in it sends a reset, and a reset takes the answer away from a client that
 * has not read it yet.
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
