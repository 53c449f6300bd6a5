import type { ServiceHealth } from "@flawless-ts/http-service";
import type { FlawlessState } from "../flawless/flawless-link.ts";
import type { ControlPlaneContext } from "./context.ts";

/** How the control plane and what it needs are. */
export interface HealthReport extends ServiceHealth {
  readonly node_id: string;
  readonly store: { readonly kind: "sqlite"; readonly status: "ok" | "failing" };
  readonly flawless: FlawlessState | null;
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
    flawless === null ? null : flawless.ask(),
  ]);
  const reasons = [
    storeWorks ? null : "The store can't be read.",
    state === null || state.status === "ready"
      ? null
      : `Flawless at ${state.url} is ${state.status}: ${state.reason ?? "no reason is known"}`,
  ].filter((reason) => reason !== null);
  return {
    status: reasons.length === 0 ? "ok" : "degraded",
    reason: reasons.length === 0 ? null : reasons.join(" "),
    node_id: nodeId,
    store: { kind: "sqlite", status: storeWorks ? "ok" : "failing" },
    flawless: state,
  };
}
