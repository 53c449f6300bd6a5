import { join, resolve } from "node:path";
import {
  CliError,
  collect,
  type Console,
  type IrohCommandOptions,
  irohOptionsOf,
  loggerOf,
  readAccess,
  type ServiceCommandOptions,
  StopSignals,
  warnIfOpen,
  warnIfReadableByOthers,
  withAccessOptions,
  withIrohOptions,
  wholeNumber,
  withLogOptions,
  withParentOption,
} from "@flawless-ts/http-service/program";
import type { Command } from "commander";
import type { ServerOptions } from "../../server-options.ts";
import { withoutPassword } from "@flawless-ts/http-service/postgres";
import { maxEngines, maxPartitions } from "../../division-limits.ts";
import { serverVersion } from "../../server-version.ts";
import { configureGarbageCollection } from "../garbage-collection.ts";
import { readDuration } from "../duration.ts";
import { readKey, readSecrets } from "../secrets.ts";
import { limitNames, readUpLimits } from "../up-limits.ts";

interface UpOptions extends ServiceCommandOptions, IrohCommandOptions {
  readonly workingDir: string;
  readonly engines?: number;
  readonly journal?: readonly string[];
  readonly journalSchema?: string;
  readonly nodeId?: string;
  readonly advertiseUrl?: string;
  readonly partitions?: number;
  readonly lease?: string;
  readonly secretsFile?: string;
  readonly secretsKeyFile?: string;
  readonly allowHost: readonly string[];
  readonly denyHost: readonly string[];
  readonly denyPrivate?: boolean;
  readonly limit: readonly string[];
  readonly retain?: string;
  readonly dev?: boolean;
}

/** `flawless up` */
export function addUp(program: Command, console: Console): void {
  const command = program
    .command("up")
    .description("start a server")
    .option("--working-dir <dir>", "the data directory; created if missing", "./.flawless")
    .option(
      "--engines <number>",
      "how many engines share the work, each with its own journal and thread; fixed when a directory is first used (default: as many as the directory has, 1 for a new one)",
      wholeNumber(1, maxEngines),
    )
    .option(
      "--journal <url>",
      "store everything in this PostgreSQL database instead, which other nodes may share: postgres://USER@HOST/DB; repeatable (or $FLAWLESS_JOURNAL, space-separated)",
      (url: string, urls: readonly string[] | undefined) => [...(urls ?? []), url],
    )
    .option("--journal-schema <name>", "the schema of the tables (default: flawless)")
    .option("--node-id <name>", "this node's unique name (default: a new one)")
    .option("--advertise-url <url>", "this node's URL for other nodes (default: where it listens)")
    .option(
      "--partitions <number>",
      "the number of partitions, at the first start of a cluster (default: 32)",
      wholeNumber(1, maxPartitions),
    )
    .option(
      "--lease <duration>",
      "how long other nodes wait before they take over from a lost node (default: 5s)",
    )
    .option(
      "--bind <addr:port>",
      "the address to listen on; port 0 picks a free port",
      "127.0.0.1:27288",
    );
  withAccessOptions(command);
  withIrohOptions(command)
    .option(
      "--secrets-file <file>",
      "JSON object of secrets for guests, in addition to $FLAWLESS_SECRET_NAME",
    )
    .option(
      "--secrets-key-file <file>",
      "64 hex digits that encrypt the journals of workflows that read secrets (default: secrets.key in the working directory)",
    )
    .option(
      "--allow-host <pattern>",
      "let workflows call only this host, such as *.example.com:443 or 10.0.0.0/8; repeatable",
      collect,
      [],
    )
    .option("--deny-host <pattern>", "a host they may not call; repeatable", collect, [])
    .option("--deny-private", "let them call only the public internet")
    .option(
      "--limit <name=number>",
      `such as residentGuests=500 or memoryBytes=64Mi; repeatable. Limits: ${limitNames.join(", ")}`,
      collect,
      [],
    )
    .option(
      "--retain <duration>",
      "delete workflows this long after they end, such as 30d or 12h (default: keep them forever)",
    )
    .option("--dev", "allow deploying different bytes under the same name and version");
  withLogOptions(withParentOption(command))
    .option("--json", 'report readiness as {"url", "pid"}, with "ticket" if there is one')
    .action((options: UpOptions) => up(options, console));
}

interface Place {
  readonly options: Pick<ServerOptions, "directory" | "engines" | "journal">;
  readonly text: string;
}

/** Where everything is stored. */
function placeOf(options: UpOptions, { env }: Console): Place {
  const named = (env["FLAWLESS_JOURNAL"] ?? "").split(/\s+/).filter((url) => url !== "");
  const urls = options.journal ?? named;
  if (urls.length === 0) {
    for (const name of clusterOptions) {
      if (options[name] !== undefined) {
        const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        throw new CliError(`--${flag} is for servers with --journal postgres://USER@HOST/DB.`);
      }
    }
    const directory = resolve(options.workingDir);
    return {
      options: { directory, engines: options.engines },
      text: `working directory ${directory}`,
    };
  }
  if (options.engines !== undefined) {
    throw new CliError("--engines is for servers with --working-dir. On PostgreSQL start several.");
  }
  const { journalSchema: schema, nodeId, advertiseUrl, partitions } = options;
  const lease = options.lease === undefined ? undefined : readDuration(options.lease, "--lease");
  return {
    options: {
      journal: { postgres: { urls, schema, nodeId, advertiseUrl, partitions, lease } },
    },
    text: urls.map(withoutPassword).join(", "),
  };
}

const clusterOptions = [
  "journalSchema",
  "nodeId",
  "advertiseUrl",
  "partitions",
  "lease",
] as const satisfies readonly (keyof UpOptions)[];

async function up(options: UpOptions, console: Console): Promise<void> {
  const access = await readAccess(options, console);
  const secrets = await readSecrets(options.secretsFile, console.env);
  const secretsKey =
    options.secretsKeyFile === undefined ? undefined : await readKey(options.secretsKeyFile);
  for (const file of [options.secretsFile, options.secretsKeyFile]) {
    if (file !== undefined) {
      await warnIfReadableByOthers(console, file);
    }
  }
  const retain =
    options.retain === undefined ? undefined : readDuration(options.retain, "--retain");
  const place = placeOf(options, console);
  const iroh = irohOptionsOf(options, join(resolve(options.workingDir), "iroh.key"));
  using signals = new StopSignals({
    hangUpReloads: access.hasFiles,
    inputEndStops: options.withParent,
  });
  const logger = loggerOf(options);
  configureGarbageCollection();
  // Only now, so that other commands don't load the engine.
  const { startServer } = await import("../../server.ts");
  const { host, port, tokens, tls, allowedOrigins } = access;
  await using server = await startServer({
    host,
    port,
    tokens,
    tls,
    allowedOrigins,
    ...readUpLimits(options.limit),
    network: {
      allowHosts: options.allowHost,
      denyHosts: options.denyHost,
      denyPrivate: options.denyPrivate ?? false,
    },
    ...place.options,
    secrets,
    secretsKey,
    retain,
    development: options.dev ?? false,
    logger,
    iroh,
  });
  using _files = access.follow(logger);
  warnIfOpen(console, options.bind, access);
  console.print(
    options.json === true
      ? JSON.stringify({ url: server.url, pid: process.pid, ticket: server.ticket ?? undefined })
      : `flawless ${serverVersion} is ready on ${server.url} (${place.text})`,
  );
  if (server.ticket !== null && options.json !== true) console.print(server.ticket);
  logger.info({ signal: await signals.first }, "shutting down");
}
