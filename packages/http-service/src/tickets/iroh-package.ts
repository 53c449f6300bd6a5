import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** Accepts a stream in the way that a server accepts a socket. */
export type SocketTaker = (socket: Duplex) => void;

/** A service that is reachable by ticket. */
export interface ServedTicket {
  /** `iroh+h3://endpoint...` and a slash. It may change when relays come and go. */
  readonly ticket: string;
  /** The endpoint's public key, as 64 hexadecimal digits. */
  readonly endpointId: string;
  /** Its direct addresses, such as `127.0.0.1:3020`. */
  readonly addresses: readonly string[];
  /** Accepts nothing new, and waits for open streams to end. */
  drain(): Promise<void>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** What services need from the package `@flawless-ts/iroh`, which documents these declarations. */
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

// Not a literal, because bundlers would look for the package even if it isn't installed.
const packageName: string = "@flawless-ts/iroh";

/**
 * Loads the optional package.
 *
 * @throws {InvalidOptionError} naming `iroh` if it is not installed
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
