import { resolveLimits, type ServedTicket } from "@flawless-ts/http-service";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import type { FastifyInstance, LightMyRequestResponse } from "@flawless-ts/http-service/fastify";
import type { Logger } from "pino";
import { type ControlPlaneLimits, defaultControlPlaneLimits } from "../api/api-options.ts";
import type { ControlPlaneContext } from "../api/context.ts";
import { createApi } from "../api/create-api.ts";
import { BlobStore } from "../blobs/blob-store.ts";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import { EventStreams } from "@flawless-ts/http-service/pages";
import { Gossip } from "../gossip/gossip.ts";
import { Metrics } from "../metrics/metrics.ts";
import { createQueueEvents } from "../queue/queue-events.ts";
import { defaultRules, Queue, type QueueRules } from "../queue/queue.ts";
import { sqliteStorage } from "../store/open-directory.ts";
import { MemoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import { TestClock } from "./test-clock.ts";

/** Options of {@link TestApi}. */
export interface TestApiOptions {
  readonly limits?: ControlPlaneLimits;
  readonly rules?: Partial<QueueRules>;
  readonly tokens?: readonly string[];
  readonly logger?: Logger;
  readonly store?: Store;
  readonly flawless?: Pick<FlawlessLink, "url" | "ask">;
  readonly ticket?: ServedTicket;
}

/** The API with a queue in memory and its own clock. */
export class TestApi implements AsyncDisposable {
  readonly clock: TestClock = new TestClock();
  readonly app: FastifyInstance;
  readonly context: ControlPlaneContext;
  readonly #directory = new TemporaryDirectory();

  constructor(options: TestApiOptions = {}) {
    const {
      rules,
      store = new MemoryStore(),
      tokens,
      logger,
      flawless = null,
      ticket = null,
    } = options;
    const limits = resolveLimits(options.limits ?? {}, defaultControlPlaneLimits);
    const events = createQueueEvents();
    const queue = new Queue({
      store,
      clock: this.clock,
      events,
      nodeId: "node-1",
      rules: { ...defaultRules, ...rules },
    });
    const streams = new EventStreams(limits.eventStreams);
    const gossip = new Gossip();
    this.context = {
      nodeId: "node-1",
      nodes: {
        list: () => [
          { id: "node-1", url: "http://node-1:3020", flawlessUrl: flawless?.url ?? null },
        ],
      },
      storage: sqliteStorage(store),
      queue,
      events,
      blobs: new BlobStore(this.#directory.join("blobs"), limits.blobBytes),
      gossip,
      broadcast: async (topicId, message) => gossip.broadcast(topicId, message),
      streams,
      metrics: new Metrics({ queue, events, openStreams: () => streams.size, flawless }),
      flawless: flawless as FlawlessLink | null,
      ownUrl: () => "http://node-1:3020",
      ticket: () => ticket,
    };
    this.app = createApi(this.context, { tokens, limits, logger });
  }

  get(url: string): Promise<LightMyRequestResponse> {
    return this.app.inject({ url });
  }

  /** Opens a page as a browser does. */
  open(url: string): Promise<LightMyRequestResponse> {
    return this.app.inject({
      url,
      headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" },
    });
  }

  /** Posts JSON or nothing, and requests JSON. */
  post(url: string, body?: unknown): Promise<LightMyRequestResponse> {
    return this.app.inject({
      method: "POST",
      url,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    this.#directory.remove();
  }
}
