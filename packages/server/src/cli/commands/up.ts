import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { serverVersion } from "../../api/version.ts";
import { isLoopback, parseBind } from "../bind.ts";
import type { Console } from "../console.ts";
import { createLogger, logFormats, type LogFormat } from "../logger.ts";
import { readSecrets } from "../secrets.ts";
import { StopSignals } from "../stop-signals.ts";
import { readTokenFile } from "../token-file.ts";

interface UpOptions {
  readonly workingDir: string;
  readonly bind: string;
  readonly tokenFile?: string;
  readonly secretsFile?: string;
  readonly dev?: boolean;
  readonly logLevel: string;
  readonly logFormat?: LogFormat;
  readonly json?: boolean;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "silent"];

/** `flawless up` */
export function addUp(program: Command, console: Console): void {
  program
    .command("up")
    .description("start a server")
    .option("--working-dir <dir>", "where everything is kept", ".")
    .option("--bind <addr:port>", "where to listen; port 0 for any that is free", "127.0.0.1:27288")
    .option(
      "--token-file <file>",
      "let in only who shows one of the tokens in this file, one on a line",
    )
    .option(
      "--secrets-file <file>",
      "JSON object of secrets for guests, beside $FLAWLESS_SECRET_NAME",
    )
    .option("--dev", "let other bytes be deployed under the same name and version")
    .addOption(
      new Option("--log-level <level>", "what to log to stderr").choices(logLevels).default("info"),
    )
    .addOption(
      new Option(
        "--log-format <format>",
        "how to log (default: text on a terminal, else json)",
      ).choices(logFormats),
    )
    .option("--json", 'say that the server is ready as {"url", "pid"}')
    .action((options: UpOptions) => up(options, console));
}

async function up(options: UpOptions, console: Console): Promise<void> {
  const { host, port } = parseBind(options.bind);
  const tokens =
    options.tokenFile === undefined ? undefined : await readTokenFile(options.tokenFile);
  const secrets = await readSecrets(options.secretsFile, console.env);
  const directory = resolve(options.workingDir);
  using signals = new StopSignals();
  const logger = createLogger(options.logLevel, options.logFormat);
  // Only now, so that the other commands need not load the engine.
  const { startServer } = await import("../../server.ts");
  await using server = await startServer({
    directory,
    host,
    port,
    tokens,
    secrets,
    development: options.dev ?? false,
    logger,
  });
  if (tokens === undefined && !isLoopback(host)) {
    console.warn(
      `warning: the API is open to everybody who can reach ${options.bind}. Give --token-file, or bind to 127.0.0.1.`,
    );
  }
  console.print(
    options.json === true
      ? JSON.stringify({ url: server.url, pid: process.pid })
      : `flawless ${serverVersion} is ready on ${server.url} (working directory ${directory})`,
  );
  logger.info({ signal: await signals.first }, "shutting down");
}
