import { type Command, Option } from "commander";
import { isLoopback, parseBind, type Bind } from "./bind.ts";
import type { Console } from "./console.ts";
import { createLogger, logFormats, type LogFormat } from "./logger.ts";
import { readTokenFile } from "./token-file.ts";
import type { Logger } from "pino";

/** Options of every command that starts a service. */
export interface ServiceCommandOptions {
  readonly bind: string;
  readonly tokenFile?: string;
  readonly logLevel: string;
  readonly logFormat?: LogFormat;
  readonly json?: boolean;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "silent"];

/** Gives `command` the options that say who may call the service. */
export function withTokenFile(command: Command): Command {
  return command.option(
    "--token-file <file>",
    "let in only who shows one of the tokens in this file, one on a line",
  );
}

/** Gives `command` the options that say what it logs. */
export function withLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--log-level <level>", "what to log to stderr").choices(logLevels).default("info"),
    )
    .addOption(
      new Option(
        "--log-format <format>",
        "how to log (default: text on a terminal, else json)",
      ).choices(logFormats),
    );
}

/** The logger that the options ask for. */
export function loggerOf(options: Pick<ServiceCommandOptions, "logLevel" | "logFormat">): Logger {
  return createLogger(options.logLevel, options.logFormat);
}

/**
 * Reads where to listen and whom to let in.
 *
 * @throws CliError
 */
export async function readAccess(
  options: Pick<ServiceCommandOptions, "bind" | "tokenFile">,
): Promise<Bind & { readonly tokens: readonly string[] | undefined }> {
  const bind = parseBind(options.bind);
  const tokens =
    options.tokenFile === undefined ? undefined : await readTokenFile(options.tokenFile);
  return { ...bind, tokens };
}

/** Warns where everybody can reach a service that wants no token. */
export function warnIfOpen(
  console: Console,
  bind: string,
  { host, tokens }: { readonly host: string; readonly tokens: readonly string[] | undefined },
): void {
  if (tokens === undefined && !isLoopback(host)) {
    console.warn(
      `warning: the API is open to everybody who can reach ${bind}. Give --token-file, or bind to 127.0.0.1.`,
    );
  }
}
