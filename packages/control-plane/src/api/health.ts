import type { ServiceHealth } from "@flawless-ts/http-service";
import type { FlawlessState } from "../flawless/flawless-link.ts";
import type { ControlPlaneContext, StorageState } from "./context.ts";

/** The health of the control plane and of its dependencies. */
export interface HealthReport extends ServiceHealth {
  readonly node_id: string;
  readonly flawless: FlawlessState | null;
  readonly store: { readonly kind: "sqlite" | "postgres"; readonly status: "ok" | "failing" };
}

/** Checks the store and Flawless. */
export async function askHealth({
  nodeId,
  storage,
  flawless,
}: ControlPlaneContext): Promise<HealthReport> {
  const [stored, state] = await Promise.all([storage.ask(), flawless?.ask() ?? null]);
  const storeProblem = problemOfStore(stored);
  const problems = [storeProblem, problemOfFlawless(state)].filter((problem) => problem !== null);
  return {
    status: problems.length === 0 ? "ok" : "degraded",
    reason: problems.length === 0 ? null : problems.join(" "),
    node_id: nodeId,
    flawless: state,
    store: { kind: storage.kind, status: storeProblem === null ? "ok" : "failing" },
  };
}

function problemOfStore({ reachable, writable }: StorageState): string | null {
  if (!reachable) return "The store can't be read.";
  return writable ? null : "The store can't be written to.";
}

function problemOfFlawless(state: FlawlessState | null): string | null {
  return state === null || state.status === "ready"
    ? null
    : `Flawless at ${state.url} is ${state.status}: ${state.reason ?? "no reason is known"}`;
}
