import { join } from "node:path";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { IrohOptions } from "./iroh-options.ts";
import { loadIroh, type ServedTicket, type SocketTaker } from "./iroh-package.ts";

/** What {@link openTicket} needs to know of a service. */
export interface TicketedService {
  /** What the ticket leads to is this service's API. */
  readonly service: "control-plane" | "flawless";
  readonly api: FastifyInstance;
  /** Where the API listens. */
  readonly url: string;
  /** The address that it was told to listen on. */
  readonly host: string;
  /** Where the service keeps everything; undefined where that is elsewhere. */
  readonly directory: string | undefined;
  /** How many connections there may be at a time. */
  readonly maxConnections: number;
  readonly logger: Logger;
  /** The Flawless server behind a control plane. */
  readonly flawless?: Passage | undefined;
}

/** The way to a service that is elsewhere. */
export interface Passage {
  readonly take: SocketTaker;
  /** Ends connections once they have nothing under way. */
  drain(): void;
}

/**
 * Lets a service be reached by a ticket, too. Its API has to listen.
 *
 * @returns null where that is not wanted
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
      "expected a file for the endpoint's secret key, as there is no directory to keep it in.",
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
    `reached by ticket, too: ${served.addresses.join(", ")}`,
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
