import {
  type CloseOptions,
  defaultGraceMs,
  listen,
  settledWithin,
  stayingAlive,
} from "@flawless-ts/http-service";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { ApiOptions } from "../api/create-api.ts";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import { HolderLink } from "./holder-link.ts";
import { createJoinedApi } from "./joined-api.ts";
import { askJoinedHealth } from "./joined-health.ts";
import { JoinedMetrics } from "./joined-metrics.ts";

/** What a node that joins another is made of. */
export interface JoinedParts {
  readonly holderUrl: string;
  readonly holderToken: string | undefined;
  readonly registerEveryMs: number;
  readonly nodeId: string;
  readonly address: string;
  readonly port: number;
  readonly advertisedUrl: string | undefined;
  readonly advertisedFlawlessUrl: string | undefined;
  readonly flawless: FlawlessLink | null;
  /** Whom the node's own API lets in, and so on. */
  readonly api: ApiOptions;
  readonly logger: Logger;
}

/** For how long the answers to the last callers may take to be sent. */
const farewellMs = 1_000;

/** A node that runs without a queue of its own: it passes on to the one that it joined. */
export class JoinedControlPlane implements AsyncDisposable {
  /** Where a client on this machine reaches it, such as `http://127.0.0.1:3020`. */
  readonly url: string;
  /** The node that holds the queue. */
  readonly holderUrl: string;
  readonly #api: FastifyInstance;
  readonly #resources: AsyncDisposableStack;
  #closed: Promise<void> | undefined;

  private constructor(
    url: string,
    holderUrl: string,
    api: FastifyInstance,
    resources: AsyncDisposableStack,
  ) {
    this.url = url;
    this.holderUrl = holderUrl;
    this.#api = api;
    this.#resources = resources;
  }

  /**
   * @internal
   * @throws ControlPlaneError `JOIN_REFUSED`
   */
  static async start(
    parts: JoinedParts,
    resources: AsyncDisposableStack,
  ): Promise<JoinedControlPlane> {
    const { holderUrl, nodeId, address, port, flawless, logger } = parts;
    let url: string | null = null;
    const holder = new HolderLink({
      holderUrl,
      token: parts.holderToken,
      self: () => ({
        id: nodeId,
        url: parts.advertisedUrl ?? url,
        flawlessUrl: parts.advertisedFlawlessUrl ?? flawless?.url ?? null,
      }),
      logger,
      everyMs: parts.registerEveryMs,
    });
    resources.use(holder);
    const metrics = new JoinedMetrics({
      holderReachable: async () => (await holder.ask()).status === "joined",
      flawlessReady: async () =>
        flawless === null ? null : (await flawless.ask()).status === "ready",
    });
    const health = askJoinedHealth.bind(null, nodeId, holder, flawless);
    const ownUrl = (): string | null => parts.advertisedUrl ?? url;
    const context = { nodeId, holderUrl, health, metrics, ownUrl };
    const api = createJoinedApi(context, parts.api);
    try {
      url = await listen(api, address, port);
      await holder.begin();
    } catch (error) {
      await api.close();
      throw error;
    }
    return new JoinedControlPlane(url, holderUrl, api, resources.move());
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
    const apiClosed = this.#api.close();
    try {
      await settledWithin(apiClosed, graceMs + farewellMs);
    } finally {
      this.#api.server.closeAllConnections();
      await apiClosed;
      await this.#resources.disposeAsync();
    }
  }
}
