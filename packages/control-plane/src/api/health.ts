import type { FlawlessState } from "../flawless/flawless-link.ts";
import type { ControlPlaneContext } from "./context.ts";

/** How the control plane and what it needs are. */
export interface HealthReport {
  readonly status: "ok" | "degraded";
  /** What is wrong; null while nothing is. */
  readonly reason: string | null;
  readonly store: { readonly kind: "sqlite"; readonly status: "ok" | "failing" };
  readonly flawless: FlawlessState | null;
}

/** Asks the store and Flawless. */
export async function askHealth({ queue, flawless }: ControlPlaneContext): Promise<HealthReport> {
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
    store: { kind: "sqlite", status: storeWorks ? "ok" : "failing" },
    flawless: state,
  };
}
