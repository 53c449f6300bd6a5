import { ControlPlane, ticketOf } from "../control-plane/control-plane.ts";
import { parseTicket } from "../control-plane/ticket.ts";
import type { WorkerType } from "../control-plane/types.ts";
import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import { NotSupportedByServerError } from "@flawless-ts/wasm-module/internal/client-values";
import { Flawless } from "../flawless.ts";
import { isTicket } from "../http/tickets.ts";
import type { CallOptions } from "../http/call-scope.ts";
import type { Sleep } from "../options/client-options.ts";
import type { WorkerOptions } from "./types.ts";
import { Worker } from "./worker.ts";

/** Options without environment variables. */
export type EnvironmentWorkerOptions = Omit<
  WorkerOptions,
  "controlPlane" | "flawless" | "id" | "type" | "heartbeatIntervalMs" | "closeClients"
>;

/** Environment variables by name, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

const defaultFlawlessUrl = "http://localhost:27288";

/**
 * Creates a worker with the configuration of mvm-ci's. Its clients are closed when it stops.
 *
 * - `CONTROL_PLANE_TICKET`: the http or https URL of the control plane, or its ticket (`iroh+h3://endpoint...`); or several of
 * them, separated by commas, for equal nodes. Required.
 * - `CONTROL_PLANE_TOKEN`: its bearer token. Default: none.
 * - `FLAWLESS_URL`: the Flawless server, or the nodes of a cluster, separated by commas; may be tickets. Default: the
 * server behind the control plane's ticket, or, if that is a URL, `http://localhost:27288`; see
 * {@link discoverFlawlessUrl}.
 * - `FLAWLESS_TOKEN`: its bearer token. Default: none.
 * - `WORKER_ID`: the worker's name. Default: the host's name and a random part.
 * - `WORKER_TYPE`: `wasm` (or `flawless`), the default; `firecracker` (or `vm`) needs a `run` option.
 * - `WORKER_HEARTBEAT_INTERVAL_SECS`: seconds between heartbeats. Default 30.
 *
 * An empty variable counts as missing.
 *
 * @throws {InvalidOptionError} naming the invalid variable or option.
 */
export function workerFromEnvironment(
  environment: Environment,
  options: EnvironmentWorkerOptions = {},
): Worker {
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const type = workerType(read("WORKER_TYPE"));
  if (type === "firecracker" && options.run === undefined) {
    throw new InvalidOptionError(
      "WORKER_TYPE",
      "jobs for microVMs need a program of your own (the option `run`): leave it out, or use wasm.",
    );
  }
  const heartbeatIntervalMs = heartbeatInterval(read("WORKER_HEARTBEAT_INTERVAL_SECS"));
  const { sleep } = options;
  const ticket = read("CONTROL_PLANE_TICKET");
  const controlPlane = controlPlaneOf(ticket, read("CONTROL_PLANE_TOKEN"), sleep);
  const isReachedByTicket = ticket?.split(",").every(isTicket) === true;
  const flawlessUrl = read("FLAWLESS_URL") ?? (isReachedByTicket ? ticket : undefined);
  const flawless =
    options.run === undefined ? flawlessOf(flawlessUrl, read("FLAWLESS_TOKEN"), sleep) : undefined;
  const id = read("WORKER_ID");
  const clients = { controlPlane, flawless, closeClients: true };
  return new Worker({ ...options, ...clients, id, type, heartbeatIntervalMs });
}

/**
 * Asks the control plane for a Flawless server: the first node's that has one. A control plane that is reached by
 * ticket is not asked, because its ticket also leads to its Flawless server.
 *
 * @returns `null` if none has, or the control plane is mvm-ci, which doesn't support this.
 * @throws {FlawlessError} for errors any call may throw.
 */
export async function discoverFlawlessUrl(
  controlPlane: ControlPlane,
  options: CallOptions = {},
): Promise<string | null> {
  const ticket = ticketOf(controlPlane);
  if (ticket !== null) return ticket;
  try {
    const nodes = await controlPlane.nodes(options);
    return nodes.find(({ flawlessUrl }) => flawlessUrl !== null)?.flawlessUrl ?? null;
  } catch (error) {
    if (NotSupportedByServerError.is(error)) return null;
    throw error;
  }
}

function controlPlaneOf(
  ticket: string | undefined,
  token: string | undefined,
  sleep: Sleep | undefined,
): ControlPlane {
  if (ticket === undefined) {
    throw new InvalidOptionError(
      "CONTROL_PLANE_TICKET",
      "it is required: set it to the URL of the control plane, such as http://127.0.0.1:3020.",
    );
  }
  const url = parseTicket(ticket);
  return named({ url: "CONTROL_PLANE_TICKET", token: "CONTROL_PLANE_TOKEN" }, () => {
    return new ControlPlane({ url, token, sleep });
  });
}

function flawlessOf(
  url: string = defaultFlawlessUrl,
  token: string | undefined,
  sleep: Sleep | undefined,
): Flawless {
  return named({ url: "FLAWLESS_URL", token: "FLAWLESS_TOKEN" }, () => {
    return new Flawless({ url, token, sleep });
  });
}

/** Replaces the client's option by the variable in errors. */
function named<T>(variables: Readonly<Record<string, string>>, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!InvalidOptionError.is(error)) throw error;
    const variable = variables[error.option];
    if (variable === undefined) throw error;
    const expected = error.message.replace(/^Invalid `\w+`: /, "");
    throw new InvalidOptionError(variable, expected, { cause: error });
  }
}

function workerType(given: string = "wasm"): WorkerType {
  switch (given.toLowerCase()) {
    // mvm-ci's worker accepts both names of each.
    case "wasm":
    case "flawless":
      return "wasm";
    case "firecracker":
    case "vm":
      return "firecracker";
    default:
      throw new InvalidOptionError(
        "WORKER_TYPE",
        `expected "wasm" or "firecracker", but got ${JSON.stringify(given)}.`,
      );
  }
}

function heartbeatInterval(given: string = "30"): number {
  const seconds = /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (seconds > 0) return seconds * 1000;
  throw new InvalidOptionError(
    "WORKER_HEARTBEAT_INTERVAL_SECS",
    `expected a whole number of seconds from 1 to 999999, but got ${JSON.stringify(given)}.`,
  );
}
