import { ControlPlane, Flawless, InvalidOptionError, UnauthorizedError } from "@flawless-ts/sdk";

/** What a server said, or what went wrong. */
export type AnswerByTicket =
  | { readonly status: number; readonly text: string }
  | { readonly code: string; readonly message: string };

/** By ticket. They are kept, as an endpoint takes its time to open; who asks ends its process when it has its answer. */
const clients = new Map<string, ControlPlane>();

/**
 * Asks a control plane that is reached by its ticket, or several of them, how a worker is.
 *
 * @param tickets separated by commas
 * @returns null when it is well, else what is wrong
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

/** Asks the Flawless server that a ticket leads to how it is. Never rejects. */
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
    // Only whether it could be sent: a UDP packet is never refused.
    return { code: InvalidOptionError.is(error) ? "" : "ETIMEDOUT", message };
  }
}
