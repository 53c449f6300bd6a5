import type { ServiceHealth } from "@flawless-ts/http-service";
import type { FlawlessState } from "../flawless/flawless-link.ts";

/** What every node tells of how it is. */
export interface NodeHealth extends ServiceHealth {
  readonly node_id: string;
  readonly flawless: FlawlessState | null;
}

/** How something is that the node needs. */
interface NeededState {
  readonly url: string;
  readonly status: string;
  readonly reason: string | null;
}

/** @returns a sentence about what the node needs but can't use */
export function problemWith(what: string, { status, reason }: NeededState): string {
  return `${what} is ${status}: ${reason ?? "no reason is known"}`;
}

/**
 * How a node is.
 *
 * @param problem what is wrong beside Flawless; null where nothing is
 * @param flawless null where the node has none
 */
export function nodeHealth(
  nodeId: string,
  problem: string | null,
  flawless: FlawlessState | null,
): NodeHealth {
  const problems = [
    problem,
    flawless === null || flawless.status === "ready"
      ? null
      : problemWith(`Flawless at ${flawless.url}`, flawless),
  ].filter((one) => one !== null);
  return {
    status: problems.length === 0 ? "ok" : "degraded",
    reason: problems.length === 0 ? null : problems.join(" "),
    node_id: nodeId,
    flawless,
  };
}
