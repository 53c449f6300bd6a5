import { type NodeHealth, nodeHealth, problemWith } from "../api/node-health.ts";
import type { FlawlessLink } from "../flawless/flawless-link.ts";
import type { HolderLink, HolderState } from "./holder-link.ts";

/** How a node that joined another is. */
export interface JoinedHealth extends NodeHealth {
  readonly holder: HolderState;
}

/** Asks the holder of the queue, and Flawless. */
export async function askJoinedHealth(
  nodeId: string,
  holder: Pick<HolderLink, "ask">,
  flawless: Pick<FlawlessLink, "ask"> | null,
): Promise<JoinedHealth> {
  const [held, state] = await Promise.all([holder.ask(), flawless?.ask() ?? null]);
  const problem =
    held.status === "joined"
      ? null
      : problemWith(`The node that holds the queue, ${held.url},`, held);
  return { ...nodeHealth(nodeId, problem, state), holder: held };
}
