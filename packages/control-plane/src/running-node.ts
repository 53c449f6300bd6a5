import {
  closeApi,
  type CloseOptions,
  defaultGraceMs,
  stayingAlive,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";

/** A control plane that is running, whether it holds the queue or joined another. */
export interface ControlPlaneServer extends AsyncDisposable {
  /** Where a client on this machine reaches it, such as `http://127.0.0.1:3020`. */
  readonly url: string;
  /**
   * Stops in order: no new requests, event streams end, and requests under way may finish for a while. Closing twice is
   * the same as once.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** A node that listens. */
export class RunningNode implements ControlPlaneServer {
  readonly url: string;
  readonly #api: FastifyInstance;
  readonly #resources: AsyncDisposableStack;
  #closed: Promise<void> | undefined;

  constructor(url: string, api: FastifyInstance, resources: AsyncDisposableStack) {
    this.url = url;
    this.#api = api;
    this.#resources = resources;
  }

  close(options: CloseOptions = {}): Promise<void> {
    this.#closed ??= stayingAlive(() => this.#close(options.graceMs ?? defaultGraceMs));
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(graceMs: number): Promise<void> {
    try {
      await closeApi(this.#api, graceMs);
    } finally {
      await this.#resources.disposeAsync();
    }
  }
}
