import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
} from "@flawless-ts/http-service/prom-client";
import type { EngineObserver } from "../engine/index.ts";
import {
  clusterMetrics,
  engineGauges,
  engineMetrics,
  type MeasuredEngine,
} from "./engine-metrics.ts";
import type { MetricsJson, MetricsSources, ScrapedMetrics } from "./scraped-metrics.ts";

/** The resolution of the event loop delay, in milliseconds. A finer one would wake an idle process too often. */
const eventLoopPrecisionMs = 50;

let ofProcess: Registry | undefined;

/** Measured once, however many servers there are in the process, because the measurement can't be stopped. */
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({
      register: ofProcess,
      eventLoopMonitoringPrecision: eventLoopPrecisionMs,
    });
  }
  return ofProcess;
}

/** The metrics of a server, kept by prom-client. */
export class PrometheusMetrics {
  readonly observer: EngineObserver;
  readonly #registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;

  constructor() {
    this.observer = engineMetrics(this.#registry);
    this.#requests = new Histogram({
      name: "flawless_http_request_duration_seconds",
      help: "Duration of requests; a start takes as long as its workflow takes to respond.",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers: [this.#registry],
    });
    processMetrics();
  }

  watch(engine: MeasuredEngine, { journalFileBytes, cluster }: MetricsSources): void {
    engineGauges(this.#registry, engine);
    if (cluster !== undefined) {
      clusterMetrics(this.#registry, cluster);
    }
    if (journalFileBytes !== undefined) {
      new Gauge({
        name: "flawless_journal_file_bytes",
        help: "Size of the journal's files.",
        registers: [this.#registry],
        async collect() {
          this.set(await journalFileBytes());
        },
      });
    }
  }

  watchStreams(open: () => number): void {
    new Gauge({
      name: "flawless_event_streams",
      help: "Open event streams of pages.",
      registers: [this.#registry],
      collect() {
        this.set(open());
      },
    });
  }

  observeRequest(method: string, route: string, status: number, milliseconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, milliseconds / 1_000);
  }

  /** @param others what other engines of the server tell of themselves */
  async scrape(others: readonly MetricsJson[] = []): Promise<ScrapedMetrics> {
    const own =
      others.length === 0
        ? this.#registry
        : AggregatorRegistry.aggregate([await this.json(), ...others]);
    return {
      contentType: this.#registry.contentType,
      text: `${await own.metrics()}\n${await processMetrics().metrics()}`,
    };
  }

  json(): Promise<MetricsJson> {
    return this.#registry.getMetricsAsJSON();
  }
}
