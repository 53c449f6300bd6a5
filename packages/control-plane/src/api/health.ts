import type { ControlPlaneContext } from "./context.ts";
import { type NodeHealth, nodeHealth } from "./node-health.ts";

/** How the control plane and what it needs are. */
export interface HealthReport extends NodeHealth {
  readonly store: { readonly kind: "sqlite" | "postgres"; readonly status: "ok" | "failing" };
}

/** Asks the store and Flawless. */
export async function askHealth({
  nodeId,
  storage,
  flawless,
}: ControlPlaneContext): Promise<HealthReport> {
  const [{ reachable, writable }, state] = await Promise.all([
    storage.ask(),
    flawless?.ask() ?? null,
  ]);
  return {
    ...nodeHealth(
      nodeId,
      reachable ? (writable ? null : "The store can't be written.") : "The store can't be read.",
      state,
    ),
    store: { kind: storage.kind, status: reachable && writable ? "ok" : "failing" },
  };
}
