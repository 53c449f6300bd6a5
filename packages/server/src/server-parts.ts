import type { Logger } from "pino";
import {
  assertAddressFree,
  defaultServiceLimits,
  fitConnections,
  openTicket,
  type ServedTicket,
  type TicketedService,
} from "@flawless-ts/http-service/program";
import type { createApi } from "./api/create-api.ts";
import type { EngineObserver, EngineOptions } from "./engine/index.ts";
import { defaultLimits } from "./engine/limits.ts";
import { LogBudget } from "./log-budget.ts";
import { NetworkHttpClient } from "./network/network-http-client.ts";
import type { ServerOptions } from "./server-options.ts";
import { workflowLogger } from "./workflow-logger.ts";

/** The default of `ServerOptions.logCharactersPerSecond`. */
export const defaultLogCharactersPerSecond: number = 256 * 1024;

/** The max number of connections that the process may have. */
export function withFittingConnections(options: ServerOptions, logger: Logger): ServerOptions {
  const { incoming, outgoing } = fitConnections(
    {
      incoming: options.apiLimits?.maxConnections ?? defaultServiceLimits.maxConnections,
      outgoing: options.limits?.guestConnections ?? defaultLimits.guestConnections,
    },
    logger,
  );
  return {
    ...options,
    limits: { ...options.limits, guestConnections: outgoing },
    apiLimits: { ...options.apiLimits, maxConnections: incoming },
  };
}

/** Where a server listens. */
export function addressOf({ host = "127.0.0.1", port = 27_288 }: ServerOptions): {
  readonly address: string;
  readonly port: number;
} {
  // The name may resolve to two addresses; clients try both.
  return { address: host === "localhost" ? "127.0.0.1" : host, port };
}

/** Loads the code that serves the API. */
export async function loadApi(
  address: string,
  port: number,
): Promise<{ readonly createApi: typeof createApi }> {
  if (port !== 0) {
    // Otherwise workflows would continue, and send requests, although the server can't start.
    await assertAddressFree(address, port);
  }
  return import("./api/create-api.ts");
}

/** The options of all engines of a server. */
export function engineOptionsOf(
  options: ServerOptions,
  logger: Logger,
  observers: readonly EngineObserver[],
): Required<
  Pick<
    EngineOptions,
    "http" | "secrets" | "development" | "limits" | "observers" | "onLog" | "onError"
  >
> {
  const { secrets = {}, development = false, limits = {} } = options;
  const http = new NetworkHttpClient(undefined, {
    rules: options.network,
    connections: limits.guestConnections,
    responseBytes: limits.responseBytes,
    onRefused: (refused) => logger.warn(refused, "a workflow's request was refused"),
  });
  const { logCharactersPerSecond = defaultLogCharactersPerSecond } = options;
  const log = workflowLogger(logger, new LogBudget(logCharactersPerSecond));
  return {
    http,
    secrets,
    development,
    limits,
    observers: [...observers, log.observer, ...(options.observers ?? [])],
    onLog: (line) => log.write(line),
    onError: (error) => logger.error({ err: error }, "the engine reported an error"),
  };
}

/**
 * Makes the API reachable by ticket, once it listens.
 *
 * @returns null if iroh is not used
 */
export async function openServerTicket(
  { iroh, directory, apiLimits }: ServerOptions,
  parts: Pick<TicketedService, "api" | "url" | "host" | "logger">,
): Promise<ServedTicket | null> {
  const { maxConnections = defaultServiceLimits.maxConnections } = apiLimits ?? {};
  return await openTicket(iroh, { ...parts, service: "flawless", directory, maxConnections });
}
