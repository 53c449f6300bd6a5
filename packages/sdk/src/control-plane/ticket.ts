import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import { isTicket, readTicket } from "../http/tickets.ts";

/**
 * Parses a worker's ticket for its control plane.
 *
 * @param ticket an http or https URL, or the ticket of an iroh endpoint, with or without `iroh+h3://`; or several,
 * separated by commas, for equal nodes.
 * @returns the same in a form for a client's `url`.
 * @throws {InvalidOptionError} naming `CONTROL_PLANE_TICKET` if it is something else.
 */
export function parseTicket(ticket: string): string {
  return ticket.split(",").map(parseOne).join(",");
}

function parseOne(ticket: string): string {
  const trimmed = ticket.trim();
  if (isTicket(trimmed)) return readTicket(trimmed, "CONTROL_PLANE_TICKET").text;
  const protocol = URL.parse(trimmed)?.protocol;
  if (protocol === "http:" || protocol === "https:") return trimmed;
  // The value is not shown, because a ticket gives its bearer access.
  throw new InvalidOptionError(
    "CONTROL_PLANE_TICKET",
    "expected an http or https URL, such as http://127.0.0.1:3020, or a ticket, iroh+h3://endpoint....",
  );
}
