import {
  closeApi,
  type CloseOptions,
  RunningService,
  type ServedTicket,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import type { Queue } from "./queue/queue.ts";

/** A running control plane. */
export interface ControlPlaneServer extends AsyncDisposable {
  /** Its URL for clients on this machine, such as `http://127.0.0.1:3020`. */
  readonly url: string;
  /** The ticket by which clients reach it, and its Flawless server, through iroh; null if iroh is not used. */
  readonly ticket: string | null;
  /**
   * Stops in order: it accepts no new requests, ends event streams, and gives requests under way some time to finish. Closing
   * again does nothing.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** A node that listens, with its queue. */
export class RunningNode extends RunningService implements ControlPlaneServer {
  readonly queue: Queue;
  readonly #api: FastifyInstance;
  readonly #resources: AsyncDisposableStack;
  readonly #ticket: ServedTicket | null;

  constructor(
    url: string,
    queue: Queue,
    api: FastifyInstance,
    resources: AsyncDisposableStack,
    ticket: ServedTicket | null,
  ) {
    super(url);
    this.queue = queue;
    this.#api = api;
    this.#resources = resources;
    this.#ticket = ticket;
  }

  get ticket(): string | null {
    return this.#ticket?.ticket ?? null;
  }

  protected override async end(graceMs: number): Promise<void> {
    try {
      await closeApi(this.#api, graceMs, undefined, this.#ticket);
    } finally {
      await this.#resources.disposeAsync();
    }
  }
}
