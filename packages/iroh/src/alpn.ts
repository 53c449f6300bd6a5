/** What a stream of a ticket's endpoint leads to. */
export type TicketService = "control-plane" | "flawless";

/** Each stream is a connection of HTTP/1.1 to one of the services. */
export const http1Protocols: Readonly<Record<TicketService, readonly number[]>> = {
  "control-plane": protocol("flawless-ts/http1/control-plane"),
  flawless: protocol("flawless-ts/http1/flawless"),
};

/** HTTP/3 as mvm-ci's workers speak it: to the control plane. */
export const http3Protocol: readonly number[] = protocol("iroh+h3");

/** A protocol's name as the native library wants it. */
function protocol(name: string): readonly number[] {
  return Array.from(Buffer.from(name));
}
