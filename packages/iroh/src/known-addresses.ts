import type { EndpointAddr } from "@number0/iroh";
import { native } from "./native.ts";
import { parseTicket } from "./ticket.ts";

/** More endpoints than a process talks to. */
const maxEndpoints = 1_000;
/** More addresses than are worth a try. */
const maxAddresses = 32;

/** Where endpoints said last that they can be reached, by id. */
const latest = new Map<string, EndpointAddr>();

/** Notes where an endpoint says that it can be reached now. What is no ticket of that endpoint changes nothing. */
export function rememberAddress(peer: string, ticket: string): void {
  let told: EndpointAddr;
  try {
    told = parseTicket(ticket);
  } catch {
    return;
  }
  if (told.id().toString() !== peer) return;
  latest.delete(peer);
  latest.set(peer, told);
  const [oldest] = latest.keys();
  if (latest.size > maxEndpoints && oldest !== undefined) latest.delete(oldest);
}

/** A ticket's address, with what its endpoint has told since. */
export function latestAddress(given: EndpointAddr): EndpointAddr {
  const told = latest.get(given.id().toString());
  if (told === undefined) return given;
  const addresses = [...new Set([...told.directAddresses(), ...given.directAddresses()])];
  const { EndpointAddr: Address } = native();
  return new Address(
    given.id(),
    given.relayUrl() ?? told.relayUrl(),
    addresses.slice(0, maxAddresses),
  );
}
