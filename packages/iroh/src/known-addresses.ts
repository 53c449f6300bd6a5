import type { EndpointAddr } from "@number0/iroh";
import { native } from "./native.ts";
import { parseTicket } from "./ticket.ts";

/** More endpoints than a process connects to. */
const maxEndpoints = 1_000;
/** More addresses than are worth a try. */
const maxAddresses = 32;

/** The addresses that endpoints last announced, by id. */
const latest = new Map<string, EndpointAddr>();

/** Records an endpoint's current addresses. Anything but a ticket of this endpoint is ignored. */
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

/** A ticket's addresses, with those that its endpoint has announced since. */
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
