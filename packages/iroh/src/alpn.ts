/** The service behind a stream to a ticket's endpoint. */
export type TicketService = "control-plane" | "flawless";

/** Each stream is an HTTP/1.1 connection to one of the services. */
export const http1Protocols: Readonly<Record<TicketService, readonly number[]>> = {
  "control-plane": protocol("flawless-ts/http1/control-plane"),
  flawless: protocol("flawless-ts/http1/flawless"),
};

/** HTTP/3 as used by mvm-ci's workers, to the control plane. */
export const http3Protocol: readonly number[] = protocol("iroh+h3");

/** A protocol's name in the native library's format. */
function protocol(name: string): readonly number[] {
  return Array.from(Buffer.from(name));
}
