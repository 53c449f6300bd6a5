import type { ServiceHealth } from "@flawless-ts/http-service";
import type { FlawlessLink, FlawlessState } from "../flawless/flawless-link.ts";
import type { HolderLink, HolderState } from "./holder-link.ts";

/** How a node that joined another is. */
export interface JoinedHealth extends ServiceHealth {
  readonly node_id: string;
  readonly holder: HolderState;
  readonly flawless: FlawlessState | null;
}

/** Asks the holder of the queue, and Flawless. */
export async function askJoinedHealth(
  nodeId: string,
  holder: Pick<HolderLink, "ask">,
  flawless: Pick<FlawlessLink, "ask"> | null,
): Promise<JoinedHealth> {
  const [held, state] = await Promise.all([
    holder.ask(),
    flawless === null ? null : flawless.ask(),
  ]);
  const reasons = [
    held.status === "joined"
      ? null
      : `The node that holds the queue, ${held.url}, is ${held.status}: ${held.reason ?? "no reason is known"}`,
    state === null || state.status === "ready"
      ? null
      : `Flawless at ${state.url} is ${state.status}: ${state.reason ?? "no reason is known"}`,
  ].filter((reason) => reason !== null);
  return {
    status: reasons.length === 0 ? "ok" : "degraded",
    reason: reasons.length === 0 ? null : reasons.join(" "),
    node_id: nodeId,
    holder: held,
    flawless: state,
  };
}
