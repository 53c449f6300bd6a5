import { ControlPlane, Flawless, InvalidOptionError, UnauthorizedError } from "@flawless-ts/sdk";

/** A server's response, or what went wrong. */
export type AnswerByTicket =
  | { readonly status: number; readonly text: string }
  | { readonly code: string; readonly message: string };

/** By ticket. They stay open, because an endpoint is slow to open. The caller ends the process after the response. */
const clients = new Map<string, ControlPlane>();

/**
 * Asks one or more control planes, reached by ticket, for a worker's health.
 *
 * @param tickets separated by commas
 * @returns null if it is healthy, otherwise what is wrong
 */
export async function workerByTicket(
  tickets: string,
  workerId: string,
  token: string | null,
  timeoutMs: number,
): Promise<string | null> {
  const known = clients.get(tickets);
  const controlPlane =
    known ?? new ControlPlane({ url: tickets, token: token ?? undefined, retry: false });
  clients.set(tickets, controlPlane);
  const { status } = await controlPlane.workers.get(workerId, { timeoutMs });
  return status === "offline" ? `The control plane says that ${workerId} is offline` : null;
}

/** Asks the Flawless server behind a ticket for its health. Never rejects. */
export async function flawlessByTicket(ticket: string, timeoutMs: number): Promise<AnswerByTicket> {
  try {
    await using flawless = new Flawless({ url: ticket, retry: false });
    const { status } = await flawless.health({ timeoutMs });
    return { status: 200, text: JSON.stringify({ status }) };
  } catch (error) {
    if (UnauthorizedError.is(error)) {
      return { status: 401, text: "" };
    }
    const message = error instanceof Error ? error.message : String(error);
    // This only says whether it could be sent: a UDP packet is never refused.
    return { code: InvalidOptionError.is(error) ? "" : "ETIMEDOUT", message };
  }
}
