import {
  closeApi,
  type CloseOptions,
  defaultGraceMs,
  stayingAlive,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";

/** A node that listens, whether it holds the queue or joined another. */
export abstract class RunningNode implements AsyncDisposable {
  /** Where a client on this machine reaches it, such as `http://127.0.0.1:3020`. */
  readonly url: string;
  readonly #api: FastifyInstance;
  readonly #resources: AsyncDisposableStack;
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(url: string, api: FastifyInstance, resources: AsyncDisposableStack) {
    this.url = url;
    this.#api = api;
    this.#resources = resources;
  }

  /**
   * Stops in order: no new requests, event streams end, and requests under way may finish for a while. Closing twice is
   * the same as once.
   */
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
