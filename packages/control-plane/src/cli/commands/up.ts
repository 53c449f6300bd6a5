import { join, resolve } from "node:path";
import {
  collect,
  type Console,
  irohOptionsOf,
  loggerOf,
  readAccess,
  StopSignals,
  warnIfOpen,
  withAccessOptions,
  withIrohOptions,
  wholeNumber,
  withLogOptions,
  withParentOption,
} from "@flawless-ts/http-service";
import type { Command } from "commander";
import { controlPlaneVersion } from "../../version.ts";
import { limitNames, readSettings, type UpOptions } from "../up-settings.ts";

/** `control-plane up` */
export function addUp(program: Command, console: Console): void {
  const command = program
    .command("up")
    .description("start a control plane")
    .option(
      "--data-dir <dir>",
      "the data directory; created if missing (default: ./.control-plane)",
    )
    .option(
      "--store <url>",
      "a PostgreSQL database instead of the directory, postgres://USER@HOST/DATABASE, for any number of equal nodes (default: $CONTROL_PLANE_STORE, otherwise none)",
    )
    .option(
      "--store-schema <name>",
      "the schema of its tables (default: $CONTROL_PLANE_STORE_SCHEMA or flawless_control_plane)",
    )
    .option(
      "--bind <addr:port>",
      "the address to listen on; port 0 picks a free port (default: 127.0.0.1 and $HTTP_PORT or 3020)",
    );
  withAccessOptions(command);
  withIrohOptions(command)
    .option(
      "--flawless-url <url>",
      "the Flawless server (default: $FLAWLESS_URL or http://127.0.0.1:27288)",
    )
    .option("--no-flawless", "manage no Flawless server")
    .option(
      "--advertise-flawless-url <url>",
      "its URL for workers on other machines (default: $FLAWLESS_ADVERTISED_URL, otherwise the same)",
    )
    .option(
      "--module <file>",
      "a module to deploy there; repeatable (default: flawless-ts-crawler 0.1.8, which workers run if there is no crawler 0.1.8)",
      (file: string, files: readonly string[] | undefined) => [...(files ?? []), resolve(file)],
    )
    .option("--no-modules", "deploy none")
    .option(
      "--advertise-url <url>",
      "this node's URL for others (default: $CONTROL_PLANE_ADVERTISED_URL, otherwise where it listens)",
    )
    .option(
      "--worker-timeout <seconds>",
      "how long after its last heartbeat a worker counts as lost (default: 90)",
      wholeNumber(1, 86_400),
    )
    .option(
      "--max-retries <number>",
      "how often to hand out a job again after its worker was lost (default: 3)",
      wholeNumber(0, 1_000),
    )
    .option(
      "--limit <name=number>",
      `such as jsonBytes=8Mi or maxConnections=500; repeatable. Limits: ${limitNames.join(", ")}`,
      collect,
      [],
    );
  withLogOptions(withParentOption(command))
    .option("--json", 'report readiness as {"url", "pid"}, with "ticket" if there is one')
    .action((options: UpOptions) => up(options, console));
}

async function up(options: UpOptions, console: Console): Promise<void> {
  const { bind, store, ...settings } = readSettings(options, console.env);
  const access = await readAccess({ ...options, bind }, console);
  const directory = resolve(options.dataDir ?? "./.control-plane");
  const keeps = store === undefined ? { directory } : { store };
  const iroh = irohOptionsOf(options, join(directory, "iroh.key"));
  using signals = new StopSignals({
    hangUpReloads: access.hasFiles,
    inputEndStops: options.withParent,
  });
  const logger = loggerOf(options);
  // Only now, so that other commands don't load the server.
  const { startControlPlane } = await import("../../control-plane.ts");
  const { host, port, tokens, tls, allowedOrigins } = access;
  const reached = { host, port, tokens, tls, allowedOrigins, iroh };
  const node = { ...settings, ...keeps, ...reached, logger };
  await using server = await startControlPlane(node);
  using _files = access.follow(logger);
  warnIfOpen(console, bind, access);
  console.print(
    options.json === true
      ? JSON.stringify({ url: server.url, pid: process.pid, ticket: server.ticket ?? undefined })
      : `control-plane ${controlPlaneVersion} is ready on ${server.url} (${store === undefined ? `data directory ${directory}` : "data in PostgreSQL"})`,
  );
  // As mvm-ci prints it: the first word of the last line that has one.
  if (server.ticket !== null && options.json !== true) console.print(server.ticket);
  logger.info({ signal: await signals.first }, "shutting down");
}
