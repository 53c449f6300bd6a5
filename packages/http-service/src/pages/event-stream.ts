import type { ServerResponse } from "node:http";

/** An event for a page or a subscriber. */
export interface ServerSentEvent {
  /** Default: `message`. */
  readonly event?: string | undefined;
  readonly data: string;
}

/** Limits of an event stream. */
export interface EventStreamLimits {
  /** How many bytes may wait for a slow reader before it is dropped. Default 1 MiB. */
  readonly maxBufferBytes: number;
  /** How often an idle stream shows that it lives, in milliseconds. Default 15,000. */
  readonly keepAliveMs: number;
}

/** The defaults that {@link EventStreamLimits} tells. */
export const defaultEventStreamLimits: EventStreamLimits = {
  maxBufferBytes: 1024 * 1024,
  keepAliveMs: 15_000,
};

/**
 * Writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as the answer to a request.
 * A reader that does not keep up is dropped, so that it holds up nobody and fills no memory.
 */
export class EventStream implements Disposable {
  /** Settled when the reader is gone, or was dropped. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #limits: EventStreamLimits;
  readonly #keepAlive: NodeJS.Timeout;

  /** Sends the headers; they are those that were set on the response before, and the stream's own. */
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
      // Proxies would otherwise collect events before they pass them on.
      "x-accel-buffering": "no",
    });
    this.#write(": open\n\n");
  }

  send({ event, data }: ServerSentEvent): void {
    const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
    this.#write(`${event === undefined ? "" : `event: ${event}\n`}${lines.join("")}\n`);
  }

  /** Ends the stream after what was sent. */
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
