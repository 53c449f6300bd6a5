import type { Endpoint, EndpointBuilder } from "@number0/iroh";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { native } from "./native.ts";
import { reasonOf } from "./native-failure.ts";

/** How an endpoint is bound. */
export interface BindOptions {
  /** 32 bytes. Default: a new one. */
  readonly secretKey?: Uint8Array | undefined;
  /** Addresses with ports to send and receive UDP on, such as `127.0.0.1:3020` or `[::1]:0`. */
  readonly bind: readonly string[];
  /** URLs of relays that help where two endpoints can't reach each other. */
  readonly relays: readonly string[];
  /** Whether addresses are published and looked up at the servers of n0, iroh's makers. */
  readonly discovery: boolean;
  readonly protocols: readonly (readonly number[])[];
}

/**
 * Binds an endpoint.
 *
 * @throws {InvalidOptionError} naming `iroh.bind` or `iroh.relays`.
 */
export async function bindEndpoint(options: BindOptions): Promise<Endpoint> {
  const { Endpoint: endpoints } = native();
  const builder = endpoints.builder();
  if (options.discovery) builder.applyN0DisableRelay();
  else builder.applyMinimal();
  useRelays(builder, options.relays);
  if (options.secretKey !== undefined) builder.secretKey(Array.from(options.secretKey));
  builder.alpns(options.protocols.map((name) => [...name]));
  try {
    for (const address of options.bind) builder.bindAddr(address);
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
