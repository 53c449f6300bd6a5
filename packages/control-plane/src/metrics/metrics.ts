import { Counter, Gauge } from "prom-client";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import type { QueueEvents } from "../queue/queue-events.ts";
import type { Queue } from "../queue/queue.ts";
import { jobStatuses, type WorkerStatus } from "../queue/types.ts";
import { NodeMetrics } from "./node-metrics.ts";

/** What the metrics are about. */
export interface MetricsSources {
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly openStreams: () => number;
  /** Null where there is none. */
  readonly flawless: Pick<FlawlessLink, "ask"> | null;
}

const workerStatuses: readonly WorkerStatus[] = ["online", "draining", "offline"];

/** Metrics of the node that holds the queue. */
export class Metrics extends NodeMetrics {
  constructor({ queue, events, openStreams, flawless }: MetricsSources) {
    super(flawless);
    const registers = [this.registry];
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
    const returned = count("returned", "Jobs that were taken back from lost or drained workers.");
    events.on("published", () => published.inc());
    events.on("moved", ({ status }) => {
      if (status === "Claimed") {
        claimed.inc();
      }
    });
    events.on("returned", () => returned.inc());
  }
}
