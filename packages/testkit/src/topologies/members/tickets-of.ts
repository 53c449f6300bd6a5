import { TestkitError } from "../../errors.ts";
import { controlPlanePort } from "../../containers/service/ports.ts";
import type { ClusterPlan } from "../plan/cluster-plan.ts";
import { memberOf, type Tickets } from "../plan/links.ts";

/**
 * Asks running nodes for their tickets.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_CONTAINER_FAILED` for a node without one
 */
export async function ticketsOf(
  plan: ClusterPlan,
  names: readonly string[],
  timeoutMs: number,
): Promise<Tickets> {
  const tickets = await Promise.all(
    names.map(async (name) => [name, await ticketOf(plan, name, timeoutMs)] as const),
  );
  return new Map(tickets);
}

async function ticketOf(plan: ClusterPlan, name: string, timeoutMs: number): Promise<string> {
  const { publishedPorts } = memberOf(plan, name);
  const port = publishedPorts.find(({ container }) => container === controlPlanePort)?.host;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const reply = await fetch(`http://127.0.0.1:${port}/iroh/info`, { signal });
    const { ticket } = (await reply.json()) as { readonly ticket?: unknown };
    if (typeof ticket === "string") {
      return ticket;
    }
  } catch (cause) {
    throw noTicket(name, cause);
  }
  throw noTicket(name);
}

function noTicket(name: string, cause?: unknown): TestkitError {
  return new TestkitError(
    "FLAWLESS_TESTKIT_CONTAINER_FAILED",
    `${name} does not tell a ticket (GET /iroh/info). See its log.`,
    { cause },
  );
}
