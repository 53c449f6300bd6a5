import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** Takes a stream over as a server does a socket that a client opened. */
export type SocketTaker = (socket: Duplex) => void;

/** A service that is reached by a ticket. */
export interface ServedTicket {
  /** `iroh+h3://endpoint...` and a slash. With relays it may change as they come and go. */
  readonly ticket: string;
  /** The endpoint's public key, as 64 hexadecimal digits. */
  readonly endpointId: string;
  /** Where it is reached directly, such as `127.0.0.1:3020`. */
  readonly addresses: readonly string[];
  /** Takes nothing new, and waits for the end of what is open. */
  drain(): Promise<void>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** What services need of the package `@flawless-ts/iroh`, which has the declarations with all their comments. */
export interface IrohPackage {
  socketsOf(server: Server): SocketTaker;
  serveTicket(options: {
    readonly keyFile: string;
    readonly bind?: readonly string[] | undefined;
    readonly advertise?: readonly string[] | undefined;
    readonly relays?: readonly string[] | undefined;
    readonly discovery?: boolean | undefined;
    readonly services: {
      readonly flawless?: SocketTaker;
      readonly "control-plane"?: SocketTaker;
    };
    readonly maxStreams?: number | undefined;
    readonly onError?: ((error: unknown) => void) | undefined;
  }): Promise<ServedTicket>;
}

// Not a literal: bundlers would look for a package that is not there.
const packageName: string = "@flawless-ts/iroh";

/**
 * Loads the package, which is there only where somebody wants it.
 *
 * @throws {InvalidOptionError} naming `iroh` where it is not installed
 */
export async function loadIroh(
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<IrohPackage> {
  try {
    return (await load(packageName)) as IrohPackage;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidOptionError(
      "iroh",
      `expected the package ${packageName} to be installed (npm install ${packageName}), but it can't be loaded: ${why}`,
      { cause },
    );
  }
}
