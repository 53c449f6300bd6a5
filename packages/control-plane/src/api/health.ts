import type { ControlPlaneContext } from "./context.ts";
import { type NodeHealth, nodeHealth } from "./node-health.ts";

/** How the control plane and what it needs are. */
export interface HealthReport extends NodeHealth {
  readonly store: { readonly kind: "sqlite"; readonly status: "ok" | "failing" };
}

/** Asks the store and Flawless. */
export async function askHealth({
  nodeId,
  queue,
  flawless,
}: ControlPlaneContext): Promise<HealthReport> {
  const [storeWorks, state] = await Promise.all([
    queue.counts().then(
      () => true,
      () => false,
    ),
    flawless?.ask() ?? null,
  ]);
  return {
    ...nodeHealth(nodeId, storeWorks ? null : "The store can't be read.", state),
    store: { kind: "sqlite", status: storeWorks ? "ok" : "failing" },
  };
}
