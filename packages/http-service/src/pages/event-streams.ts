import type { FastifyReply } from "#libraries/fastify";
import { ApiError } from "../api-error.ts";
import { defaultEventStreamLimits, EventStream, type EventStreamLimits } from "./event-stream.ts";

/** All event streams of a server, so that it can limit their number and end them when it closes. */
export class EventStreams {
  readonly #open = new Set<EventStream>();
  readonly #max: number;
  readonly #limits: EventStreamLimits;
  #closed = false;

  /** @param max how many may be open at once */
  constructor(max: number, limits: EventStreamLimits = defaultEventStreamLimits) {
    this.#max = max;
    this.#limits = limits;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Turns the response to a request into an event stream.
   *
   * @throws ApiError `LIMIT_REACHED`
   */
  open(reply: FastifyReply): EventStream {
    if (this.#open.size >= this.#max) {
      throw new ApiError(
        "LIMIT_REACHED",
        `There are already ${this.#max} event streams open, which is the limit.`,
      );
    }
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) {
        reply.raw.setHeader(name, value);
      }
    }
    reply.hijack();
    const stream = new EventStream(reply.raw, this.#limits);
    this.#open.add(stream);
    void stream.closed.then(() => this.#open.delete(stream));
    if (this.#closed) {
      stream.end();
    }
    return stream;
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#open) {
      stream.end();
    }
  }
}
