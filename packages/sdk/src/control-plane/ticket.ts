import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import { isTicket, readTicket } from "../http/tickets.ts";

/**
 * Reads the ticket that a worker is given for its control plane.
 *
 * @param ticket an http or https URL, or the ticket of an iroh endpoint, with `iroh+h3://` before it or without; or several,
 * separated by commas: equal nodes.
 * @returns what came, in the same way, ready for a client's `url`.
 * @throws {InvalidOptionError} naming `CONTROL_PLANE_TICKET` when it is something else.
 */
export function parseTicket(ticket: string): string {
  return ticket.split(",").map(parseOne).join(",");
}

function parseOne(ticket: string): string {
  const trimmed = ticket.trim();
  if (isTicket(trimmed)) return readTicket(trimmed, "CONTROL_PLANE_TICKET").text;
  const protocol = URL.parse(trimmed)?.protocol;
  if (protocol === "http:" || protocol === "https:") return trimmed;
  // What came is not shown: a ticket lets its bearer in.
  throw new InvalidOptionError(
    "CONTROL_PLANE_TICKET",
    "expected an http or https URL, such as http://127.0.0.1:3020, or a ticket, iroh+h3://endpoint....",
  );
}
