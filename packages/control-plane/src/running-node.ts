import {
  closeApi,
  type CloseOptions,
  RunningService,
  type ServedTicket,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";
import type { Queue } from "./queue/queue.ts";

/** A control plane that is running. */
export interface ControlPlaneServer extends AsyncDisposable {
  /** Where a client on this machine reaches it, such as `http://127.0.0.1:3020`. */
  readonly url: string;
  /** By which clients reach it through iroh, and its Flawless server, too; null where it was not asked for. */
  readonly ticket: string | null;
  /**
   * Stops in order: no new requests, event streams end, and requests under way may finish for a while. Closing twice is
   * the same as once.
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
