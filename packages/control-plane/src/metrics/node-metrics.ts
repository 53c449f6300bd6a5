import type { RequestObserver } from "@flawless-ts/http-service";
import type { FastifyReply } from "fastify";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { FlawlessLink } from "../flawless/flawless-link.ts";

/** Metrics for Prometheus that every node has. What can be counted on demand is counted when it is asked for. */
export abstract class NodeMetrics implements RequestObserver {
  protected readonly registry: Registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;

  /** @param flawless null where there is none */
  constructor(flawless: Pick<FlawlessLink, "ask"> | null) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
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
  }

  observeRequest(method: string, route: string, status: number, milliseconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, milliseconds / 1_000);
  }

  /** Answers with all metrics, in Prometheus's text format. */
  async send(reply: FastifyReply): Promise<FastifyReply> {
    const text = await this.registry.metrics();
    return reply.type(this.registry.contentType).header("cache-control", "no-store").send(text);
  }
}
