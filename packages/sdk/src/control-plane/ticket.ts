import { InvalidOptionError } from "../errors/index.ts";

/**
 * Reads the ticket that a worker is given for its control plane.
 *
 * @param ticket an http or https URL, or several, separated by commas: equal nodes. mvm-ci's own tickets (`iroh+h3://...`)
 * are not supported yet.
 * @returns the URL, or URLs in the same way.
 * @throws {InvalidOptionError} naming `CONTROL_PLANE_TICKET` when it is something else.
 */
export function parseTicket(ticket: string): string {
  return ticket.split(",").map(parseOne).join(",");
}

function parseOne(ticket: string): string {
  const trimmed = ticket.trim();
  if (/^iroh\+h3:/i.test(trimmed)) {
    throw new InvalidOptionError(
      "CONTROL_PLANE_TICKET",
      "iroh+h3:// tickets are not supported yet. Use the http or https URL of the control plane, such as http://127.0.0.1:3020.",
    );
  }
  const protocol = URL.parse(trimmed)?.protocol;
  if (protocol === "http:" || protocol === "https:") return trimmed;
  // What came is not shown: a ticket lets its bearer in.
  throw new InvalidOptionError(
    "CONTROL_PLANE_TICKET",
    "expected an http or https URL, such as http://127.0.0.1:3020.",
  );
}
