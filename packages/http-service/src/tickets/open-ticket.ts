import { join } from "node:path";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { FastifyInstance } from "#libraries/fastify";
import type { Logger } from "pino";
import type { IrohOptions } from "./iroh-options.ts";
import { loadIroh, type ServedTicket, type SocketTaker } from "./iroh-package.ts";

/** What {@link openTicket} needs to know about a service. */
export interface TicketedService {
  /** The API that the ticket leads to. */
  readonly service: "control-plane" | "flawless";
  readonly api: FastifyInstance;
  /** Where the API listens. */
  readonly url: string;
  /** The address it was asked to listen on. */
  readonly host: string;
  /** The service's directory; undefined if its data is elsewhere. */
  readonly directory: string | undefined;
  /** The max number of open connections. */
  readonly maxConnections: number;
  readonly logger: Logger;
  /** The Flawless server behind a control plane. */
  readonly flawless?: Passage | undefined;
}

/** How to reach a service that is elsewhere. */
export interface Passage {
  readonly take: SocketTaker;
  /** Ends connections once they are idle. */
  drain(): void;
}

/**
 * Makes a service reachable by ticket. Its API must be listening.
 *
 * @returns null if iroh is not used
 * @throws {InvalidOptionError} naming the option
 */
export async function openTicket(
  options: IrohOptions | undefined,
  parts: TicketedService,
): Promise<ServedTicket | null> {
  if (options === undefined) {
    return null;
  }
  const { service, api, directory, logger, flawless } = parts;
  const keyFile =
    options.keyFile ?? (directory === undefined ? undefined : join(directory, "iroh.key"));
  if (keyFile === undefined) {
    throw new InvalidOptionError(
      "iroh.keyFile",
      "expected a file for the endpoint's secret key, because there is no directory to keep it in.",
    );
  }
  const { serveTicket, socketsOf } = await loadIroh();
  const served = await serveTicket({
    keyFile,
    bind: options.bind ?? [sameAddress(parts)],
    advertise: options.advertise,
    relays: options.relays,
    discovery: options.discovery,
    services: {
      [service]: socketsOf(api.server),
      ...(flawless === undefined ? {} : { flawless: flawless.take }),
    },
    maxStreams: parts.maxConnections,
    onError: (error) => logger.debug({ err: error }, "a connection by ticket failed"),
  });
  logger.info(
    { endpointId: served.endpointId },
    `reachable by ticket: ${served.addresses.join(", ")}`,
  );
  return {
    endpointId: served.endpointId,
    get ticket() {
      return served.ticket;
    },
    get addresses() {
      return served.addresses;
    },
    drain: async () => {
      flawless?.drain();
      await served.drain();
    },
    close: () => served.close(),
  };
}

function sameAddress({ host, url }: TicketedService): string {
  const { port, protocol } = new URL(url);
  const number = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return `${host.includes(":") ? `[${host}]` : host}:${number}`;
}
