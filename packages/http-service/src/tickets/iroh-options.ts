import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";

/** Makes a service reachable by ticket, through iroh. Needs the package `@flawless-ts/iroh`. */
export interface IrohOptions {
  /**
   * UDP addresses with ports to listen on, such as `0.0.0.0:3020`. Default: the address and port number of the service's TCP
   * listener.
   */
  readonly bind?: readonly string[] | undefined;
  /**
   * Addresses with ports to put into the ticket instead of those that the endpoint finds itself, such as a router that forwards
   * UDP to it: `203.0.113.7:3020`.
   */
  readonly advertise?: readonly string[] | undefined;
  /** URLs of iroh relays, for peers that can't reach the addresses. Default: none. */
  readonly relays?: readonly string[] | undefined;
  /**
   * Publishes the addresses on the servers of n0, iroh's makers, where clients may look them up. Default false: no outside
   * server is contacted.
   */
  readonly discovery?: boolean | undefined;
  /**
   * The file with the secret key that the ticket depends on; created if missing. Default: `iroh.key` in the service's
   * directory. Required if it has no directory.
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
      throw new InvalidOptionError(`iroh.${name}`, "expected an address, or omit the option.");
    }
  }
}
