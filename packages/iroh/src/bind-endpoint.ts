import { networkInterfaces } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Endpoint, EndpointBuilder } from "@number0/iroh";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { native } from "./native.ts";
import { reasonOf } from "./native-failure.ts";

/** Options for binding an endpoint. */
export interface BindOptions {
  /** 32 bytes. Default: a new one. */
  readonly secretKey?: Uint8Array | undefined;
  /** Addresses with ports to send and receive UDP on, such as `127.0.0.1:3020` or `[::1]:0`. */
  readonly bind: readonly string[];
  /** URLs of relays, for endpoints that can't reach each other directly. */
  readonly relays: readonly string[];
  /** Whether to publish and look up addresses on the servers of n0, the makers of iroh. */
  readonly discovery: boolean;
  readonly protocols: readonly (readonly number[])[];
}

/**
 * Binds an endpoint, only to the given addresses and loopback.
 *
 * @throws {InvalidOptionError} naming `iroh.bind` or `iroh.relays`.
 */
export async function bindEndpoint(options: BindOptions): Promise<Endpoint> {
  const { bind } = options;
  const more = quietAddresses(bind);
  for (const addresses of more) {
    try {
      return await bindTo([...bind, ...addresses], options);
    } catch {
      // The port may be taken there.
    }
  }
  // A failed attempt closes its sockets a moment after it reports the failure.
  for (let pauses = more.length === 0 ? 0 : maxPauses; ; pauses -= 1) {
    try {
      return await bindTo(bind, options);
    } catch (error) {
      if (pauses === 0 || !/address already in use/i.test((error as Error).message)) {
        throw error;
      }
      await pause(pauseMs);
    }
  }
}

const maxPauses = 20;
const pauseMs = 50;

/**
 * Without an address of a family, the library would bind all of that family's addresses. So it gets loopback, with the
 * same port, because tickets contain it.
 */
function quietAddresses(bind: readonly string[]): readonly (readonly string[])[] {
  const hasIpv6 = bind.some((address) => address.startsWith("["));
  const hasIpv4 = bind.some((address) => !address.startsWith("["));
  const here = new Set(
    Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address)),
  );
  // A machine without addresses of this family needs none.
  const missing = [
    ...(hasIpv4 || !here.has("127.0.0.1") ? [] : ["127.0.0.1"]),
    ...(hasIpv6 || !here.has("::1") ? [] : ["[::1]"]),
  ];
  const port = /:(\d+)$/.exec(bind[0] ?? "")?.[1] ?? "0";
  return missing.length === 0
    ? []
    : [port, "0"].map((each) => missing.map((host) => `${host}:${each}`));
}

async function bindTo(bind: readonly string[], options: BindOptions): Promise<Endpoint> {
  const { Endpoint: endpoints } = native();
  const builder = endpoints.builder();
  if (options.discovery) builder.applyN0DisableRelay();
  else builder.applyMinimal();
  useRelays(builder, options.relays);
  if (options.secretKey !== undefined) builder.secretKey(Array.from(options.secretKey));
  builder.alpns(options.protocols.map((name) => [...name]));
  try {
    for (const address of bind) builder.bindAddr(address);
    return await builder.bind();
  } catch (cause) {
    throw new InvalidOptionError(
      "iroh.bind",
      `expected UDP addresses of this machine that are free, such as 127.0.0.1:3020, but ${options.bind.join(", ")} can't be used: ${reasonOf(cause)}.`,
      { cause },
    );
  }
}

function useRelays(builder: EndpointBuilder, relays: readonly string[]): void {
  const { RelayMode } = native();
  const wrong = relays.find((relay) => !/^https?:$/.test(URL.parse(relay)?.protocol ?? ""));
  if (wrong !== undefined) {
    throw new InvalidOptionError(
      "iroh.relays",
      `expected URLs of iroh relays, such as https://relay.example.com, but got ${JSON.stringify(wrong)}.`,
    );
  }
  builder.relayMode(
    relays.length === 0 ? RelayMode.disabled() : RelayMode.customFromUrls([...relays]),
  );
}
