import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { requestDurations } from "../metrics/request-durations.ts";

/** What the metrics are about. */
export interface JoinedMetricsSources {
  readonly holderReachable: () => Promise<boolean>;
  /** Whether Flawless is ready; null where there is none. */
  readonly flawlessReady: () => Promise<boolean | null>;
}

/** Metrics of a node that joined another: what it does itself. Those of the queue are the holder's. */
export class JoinedMetrics {
  readonly #registry = new Registry();
  readonly #requests: ReturnType<typeof requestDurations>;

  constructor({ holderReachable, flawlessReady }: JoinedMetricsSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = requestDurations(this.#registry);
    new Gauge({
      name: "control_plane_holder_up",
      help: "1 while the node that holds the queue can be reached.",
      registers,
      async collect() {
        this.set((await holderReachable()) ? 1 : 0);
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
