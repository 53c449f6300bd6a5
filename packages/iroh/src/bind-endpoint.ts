import type { Endpoint } from "@number0/iroh";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { native } from "./native.ts";

/** How an endpoint is bound. */
export interface BindOptions {
  /** 32 bytes. Default: a new one. */
  readonly secretKey?: Uint8Array | undefined;
  /** Addresses with ports to send and receive UDP on, such as `127.0.0.1:3020` or `[::1]:0`. */
  readonly bind: readonly string[];
  /** URLs of relays that help where two endpoints can't reach each other. None by default: nothing outside is asked. */
  readonly relays: readonly string[];
  readonly protocols: readonly (readonly number[])[];
}

/**
 * Binds an endpoint without discovery.
 *
 * @throws {InvalidOptionError} naming `bind` or `relays`.
 */
export async function bindEndpoint(options: BindOptions): Promise<Endpoint> {
  const { Endpoint: endpoints, presetMinimal, RelayMode } = native();
  const builder = endpoints.builder();
  presetMinimal(builder);
  try {
    builder.relayMode(
      options.relays.length === 0
        ? RelayMode.disabled()
        : RelayMode.customFromUrls([...options.relays]),
    );
  } catch (cause) {
    const problem = "expected URLs of iroh relays, such as https://relay.example.com.";
    throw new InvalidOptionError("relays", problem, { cause });
  }
  if (options.secretKey !== undefined) builder.secretKey(Array.from(options.secretKey));
  builder.alpns(options.protocols.map((name) => [...name]));
  try {
    for (const address of options.bind) builder.bindAddr(address);
    return await builder.bind();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidOptionError(
      "bind",
      `expected UDP addresses that are free, such as 127.0.0.1:3020, but ${options.bind.join(", ")} can't be used: ${why}.`,
      { cause },
    );
  }
}
