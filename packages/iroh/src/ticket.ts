import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { EndpointAddr } from "@number0/iroh";
import { native } from "./native.ts";

const scheme = "iroh+h3://";

/** Longer than any ticket with a sensible number of addresses. */
const maxCharacters = 4_096;

/**
 * Formats an endpoint's address as a ticket, like mvm-ci: `iroh+h3://endpoint...` and a slash. Whoever has it can reach
 * the endpoint; what it may do there is up to the endpoint's tokens.
 */
export function ticketOf(address: EndpointAddr): string {
  return `${scheme}${native().EndpointTicket.fromAddr(address).toString()}/`;
}

/**
 * Parses a ticket, with or without the prefix `iroh+h3://` and a slash at the end.
 *
 * @throws {InvalidOptionError} naming `ticket` if it is invalid. It doesn't show the value, because a ticket gives its
 * bearer access.
 */
export function parseTicket(ticket: string): EndpointAddr {
  const text = String(ticket).trim();
  const bare = text.toLowerCase().startsWith(scheme) ? text.slice(scheme.length) : text;
  const encoded = bare.replace(/\/$/, "");
  if (text.length > maxCharacters || !/^endpoint[a-z2-7]+$/i.test(encoded)) {
    throw notATicket("that is iroh+h3://endpoint, letters and digits, and a slash");
  }
  try {
    return native().EndpointTicket.fromString(encoded.toLowerCase()).endpointAddr();
  } catch (cause) {
    throw notATicket("but a part of it is missing or damaged", cause);
  }
}

/** Whether a text looks like a ticket rather than a URL. */
export function isTicket(text: string): boolean {
  return /^\s*iroh\+h3:/i.test(text);
}

function notATicket(why: string, cause?: unknown): InvalidOptionError {
  const error = new InvalidOptionError("ticket", `expected a ticket of an iroh endpoint: ${why}.`);
  if (cause !== undefined) error.cause = cause;
  return error;
}
