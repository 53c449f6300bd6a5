import type { RequestObserver } from "@flawless-ts/http-service";
import type { FastifyReply } from "@flawless-ts/http-service/fastify";
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
} from "@flawless-ts/http-service/prom-client";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import type { QueueEvents } from "../queue/queue-events.ts";
import type { Queue } from "../queue/queue.ts";
import { jobStatuses, type WorkerStatus } from "../queue/types.ts";

/** The sources of the metrics. */
export interface MetricsSources {
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly openStreams: () => number;
  /** Null if there is none. */
  readonly flawless: Pick<FlawlessLink, "ask"> | null;
}

const workerStatuses: readonly WorkerStatus[] = ["online", "draining", "offline"];

/** Metrics for Prometheus. Values that can be counted on demand are counted when requested. */
export class Metrics implements RequestObserver {
  readonly #registry: Registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;

  constructor({ queue, events, openStreams, flawless }: MetricsSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: "control_plane_http_request_duration_seconds",
      help: "How long requests took.",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    });
    new Gauge({
      name: "control_plane_flawless_up",
      help: "1 while the Flawless server can be used; absent where there is none.",
      registers,
      async collect() {
        if (flawless !== null) {
          this.set((await flawless.ask()).status === "ready" ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: "control_plane_jobs",
      help: "Jobs by state.",
      labelNames: ["status"],
      registers,
      async collect() {
        const counts = await queue.counts();
        for (const status of jobStatuses) {
          this.set({ status }, counts[status]);
        }
      },
    });
    new Gauge({
      name: "control_plane_workers",
      help: "Workers by state.",
      labelNames: ["status"],
      registers,
      async collect() {
        const workers = await queue.workers();
        for (const status of workerStatuses) {
          this.set({ status }, workers.filter((worker) => worker.status === status).length);
        }
      },
    });
    new Gauge({
      name: "control_plane_event_streams",
      help: "Open event streams: gossip and pages.",
      registers,
      collect() {
        this.set(openStreams());
      },
    });
    const count = (name: string, help: string): Counter =>
      new Counter({ name: `control_plane_jobs_${name}_total`, help, registers });
    const published = count("published", "Jobs that were published.");
    const claimed = count("claimed", "Jobs that were handed out.");
    const returned = count("returned", "Jobs taken back from lost or drained workers.");
    events.on("published", () => published.inc());
    events.on("moved", ({ status }) => {
      if (status === "Claimed") {
        claimed.inc();
      }
    });
    events.on("returned", () => returned.inc());
  }

  observeRequest(method: string, route: string, status: number, milliseconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, milliseconds / 1_000);
  }

  /** Sends all metrics, in Prometheus's text format. */
  async send(reply: FastifyReply): Promise<FastifyReply> {
    const text = await this.#registry.metrics();
    return reply.type(this.#registry.contentType).header("cache-control", "no-store").send(text);
  }
}
