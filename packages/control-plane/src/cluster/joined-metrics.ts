import { Gauge } from "prom-client";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import { NodeMetrics } from "../metrics/node-metrics.ts";
import type { HolderLink } from "./holder-link.ts";

/** Metrics of a node that joined another: what it does itself. Those of the queue are the holder's. */
export class JoinedMetrics extends NodeMetrics {
  constructor(holder: Pick<HolderLink, "ask">, flawless: Pick<FlawlessLink, "ask"> | null) {
    super(flawless);
    new Gauge({
      name: "control_plane_holder_up",
      help: "1 while the node that holds the queue can be reached.",
      registers: [this.registry],
      async collect() {
        this.set((await holder.ask()).status === "joined" ? 1 : 0);
      },
    });
  }
}
