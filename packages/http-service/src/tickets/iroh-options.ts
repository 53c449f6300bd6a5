import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";

/** How a service is reached by a ticket, through iroh. The package `@flawless-ts/iroh` has to be installed. */
export interface IrohOptions {
  /**
   * UDP addresses with ports to be reached at, such as `0.0.0.0:3020`. Default: the address and the port number that the
   * service listens on for TCP.
   */
  readonly bind?: readonly string[] | undefined;
  /**
   * Addresses with ports that the ticket tells in place of those that the endpoint finds itself: of a router that passes UDP on to
   * it, such as `203.0.113.7:3020`.
   */
  readonly advertise?: readonly string[] | undefined;
  /** URLs of iroh relays, for peers that can't reach the addresses. Default: none. */
  readonly relays?: readonly string[] | undefined;
  /**
   * Publishes the addresses with the servers of n0, iroh's makers, where clients look that want to. Default false: nothing
   * outside is asked.
   */
  readonly discovery?: boolean | undefined;
  /**
   * Where the secret key is kept that the ticket goes by; it is made where there is none. Default: `iroh.key` in the
   * service's directory. Needed where it has none.
   */
  readonly keyFile?: string | undefined;
}

const irohOptionNames = optionNames<IrohOptions>({
  bind: true,
  advertise: true,
  relays: true,
  discovery: true,
  keyFile: true,
});

/** @throws {InvalidOptionError} for an option that does not exist or makes no sense */
export function checkIrohOptions(options: IrohOptions | undefined): void {
  if (options === undefined) {
    return;
  }
  refuseUnknownOptions(options, irohOptionNames, "iroh");
  for (const name of ["bind", "advertise"] as const) {
    if (options[name]?.length === 0) {
      throw new InvalidOptionError(`iroh.${name}`, "expected an address, or leave the option out.");
    }
  }
}
