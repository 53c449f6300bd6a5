import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { QueueEvents } from "../queue/queue-events.ts";
import type { Queue } from "../queue/queue.ts";
import { jobStatuses, type WorkerStatus } from "../queue/types.ts";
import { requestDurations } from "./request-durations.ts";

/** What the metrics are about. */
export interface MetricsSources {
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly openStreams: () => number;
  /** Whether Flawless is ready; null where there is none. */
  readonly flawlessReady: () => Promise<boolean | null>;
}

const workerStatuses: readonly WorkerStatus[] = ["online", "draining", "offline"];

/** Metrics for Prometheus. What can be counted on demand is counted when it is asked for. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: ReturnType<typeof requestDurations>;

  constructor({ queue, events, openStreams, flawlessReady }: MetricsSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = requestDurations(this.#registry);
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
    new Gauge({
      name: "control_plane_flawless_up",
      help: "1 while the Flawless server can be used; absent where there is none.",
      registers,
      async collect() {
        const ready = await flawlessReady();
        if (ready !== null) {
          this.set(ready ? 1 : 0);
        }
      },
    });
    const count = (name: string, help: string): Counter =>
      new Counter({ name: `control_plane_jobs_${name}_total`, help, registers });
    const published = count("published", "Jobs that were published.");
    const claimed = count("claimed", "Jobs that were handed out.");
    const returned = count("returned", "Jobs that were taken back from lost or drained workers.");
    events.on("published", () => published.inc());
    events.on("moved", ({ status }) => {
      if (status === "Claimed") {
        claimed.inc();
      }
    });
    events.on("returned", () => returned.inc());
  }

  /** Counts a request. `route` is its pattern, not its path: there must not be a series for each id. */
  observeRequest(method: string, route: string, status: number, milliseconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, milliseconds / 1_000);
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
