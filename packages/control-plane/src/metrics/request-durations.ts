import { Histogram, type Registry } from "prom-client";

/** How long requests took, in `registry`. */
export function requestDurations(registry: Registry): Histogram<"method" | "route" | "status"> {
  return new Histogram({
    name: "control_plane_http_request_duration_seconds",
    help: "How long requests took.",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
}
