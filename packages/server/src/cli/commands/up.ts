import { resolve } from "node:path";
import {
  type Console,
  loggerOf,
  readAccess,
  type ServiceCommandOptions,
  StopSignals,
  warnIfOpen,
  withLogOptions,
  withTokenFile,
} from "@flawless-ts/http-service";
import type { Command } from "commander";
import { serverVersion } from "../../api/version.ts";
import { readSecrets } from "../secrets.ts";

interface UpOptions extends ServiceCommandOptions {
  readonly workingDir: string;
  readonly secretsFile?: string;
  readonly dev?: boolean;
}

/** `flawless up` */
export function addUp(program: Command, console: Console): void {
  const command = program
    .command("up")
    .description("start a server")
    .option("--working-dir <dir>", "where everything is kept", ".")
    .option(
      "--bind <addr:port>",
      "where to listen; port 0 for any that is free",
      "127.0.0.1:27288",
    );
  withTokenFile(command)
    .option(
      "--secrets-file <file>",
      "JSON object of secrets for guests, beside $FLAWLESS_SECRET_NAME",
    )
    .option("--dev", "let other bytes be deployed under the same name and version");
  withLogOptions(command)
    .option("--json", 'say that the server is ready as {"url", "pid"}')
    .action((options: UpOptions) => up(options, console));
}

async function up(options: UpOptions, console: Console): Promise<void> {
  const access = await readAccess(options);
  const secrets = await readSecrets(options.secretsFile, console.env);
  const directory = resolve(options.workingDir);
  using signals = new StopSignals();
  const logger = loggerOf(options);
  // Only now, so that the other commands need not load the engine.
  const { startServer } = await import("../../server.ts");
  await using server = await startServer({
    ...access,
    directory,
    secrets,
    development: options.dev ?? false,
    logger,
  });
  warnIfOpen(console, options.bind, access);
  console.print(
    options.json === true
      ? JSON.stringify({ url: server.url, pid: process.pid })
      : `flawless ${serverVersion} is ready on ${server.url} (working directory ${directory})`,
  );
  logger.info({ signal: await signals.first }, "shutting down");
}
