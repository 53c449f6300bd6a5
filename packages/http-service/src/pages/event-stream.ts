import type { ServerResponse } from "node:http";

/** An event for a page or a subscriber. */
export interface ServerSentEvent {
  /** Default: `message`. */
  readonly event?: string | undefined;
  readonly data: string;
}

/** Limits of an event stream. */
export interface EventStreamLimits {
  /** How many bytes to buffer for a slow reader before dropping it. Default 1 MiB. */
  readonly maxBufferBytes: number;
  /** How often an idle stream sends a keep-alive comment, in milliseconds. Default 15,000. */
  readonly keepAliveMs: number;
}

/** The defaults of {@link EventStreamLimits}. */
export const defaultEventStreamLimits: EventStreamLimits = {
  maxBufferBytes: 1024 * 1024,
  keepAliveMs: 15_000,
};

/**
 * Writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as the response to a request.
 * A reader that can't keep up is dropped, so that it doesn't delay others or fill the memory.
 */
export class EventStream implements Disposable {
  /** Settles when the reader has left or was dropped. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #limits: EventStreamLimits;
  readonly #keepAlive: NodeJS.Timeout;

  /** Sends the headers already set on the response, and the stream's own. */
  constructor(response: ServerResponse, limits: EventStreamLimits = defaultEventStreamLimits) {
    this.#response = response;
    this.#limits = limits;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#keepAlive = setInterval(() => this.#write(": alive\n\n"), limits.keepAliveMs).unref();
    response.once("close", () => {
      clearInterval(this.#keepAlive);
      resolve();
    });
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // Otherwise proxies would buffer events.
      "x-accel-buffering": "no",
    });
    this.#write(": open\n\n");
  }

  send({ event, data }: ServerSentEvent): void {
    const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
    this.#write(`${event === undefined ? "" : `event: ${event}\n`}${lines.join("")}\n`);
  }

  /** Ends the stream after everything that was sent. */
  end(): void {
    this.#response.end();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #write(text: string): void {
    const { writableLength, writable, destroyed } = this.#response;
    if (destroyed || !writable) {
      return;
    }
    if (writableLength + Buffer.byteLength(text) > this.#limits.maxBufferBytes) {
      this.#response.destroy();
      return;
    }
    this.#response.write(text);
  }
}
