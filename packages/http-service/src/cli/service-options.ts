import { type Command, Option } from "commander";
import type { Logger } from "pino";
import { TlsIdentity } from "../tls-identity.ts";
import { TokenList } from "../token-list.ts";
import { isLoopback, parseBind, type Bind } from "./bind.ts";
import { CliError, messageOf } from "./cli-error.ts";
import { collect } from "./collect.ts";
import type { Console } from "./console.ts";
import { createLogger, logFormats, type LogFormat } from "./logger.ts";
import { readTlsFiles, readTokenFile, warnIfReadableByOthers } from "./secret-files.ts";
import { WatchedFiles } from "./watched-files.ts";

/** Options common to all commands that start a service. */
export interface ServiceCommandOptions {
  readonly bind: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allowOrigin?: readonly string[];
  readonly logLevel: string;
  readonly logFormat?: LogFormat;
  readonly json?: boolean;
  readonly withParent?: boolean;
}

type AccessOptions = Pick<
  ServiceCommandOptions,
  "bind" | "tokenFile" | "tlsCert" | "tlsKey" | "allowOrigin"
>;

/** Where a service listens, who may call it, and its TLS identity. */
export interface ServiceAccess extends Bind {
  readonly tokens: TokenList | undefined;
  readonly tls: TlsIdentity | undefined;
  /** The origins of web pages that may use the service. */
  readonly allowedOrigins: readonly string[];
  /** Whether there are files to watch. */
  readonly hasFiles: boolean;
  /**
   * Reloads the token, certificate and key files when they change, and on SIGHUP. Invalid files are logged and change
   * nothing.
   *
   * @param intervalMs how often to check the files, in milliseconds. Default 2,000.
   */
  follow(logger: Logger, options?: { readonly intervalMs?: number }): Disposable;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "silent"];

/** Adds the options that say who may call the service, and how. */
export function withAccessOptions(command: Command): Command {
  return command
    .option(
      "--token-file <file>",
      "require one of the tokens in this file, one per line; reloaded when the file changes",
    )
    .option(
      "--tls-cert <file>",
      "serve HTTPS with this certificate (PEM); reloaded when it changes",
    )
    .option("--tls-key <file>", "the certificate's key (PEM)")
    .option(
      "--allow-origin <origin>",
      "let web pages of this origin use the API, such as https://app.example.com; repeatable (default: none)",
      collect,
      [],
    );
}

/** Adds the option to end with the program that started the command, for `inputEndStops` of {@link StopSignals}. */
export function withParentOption(command: Command): Command {
  return command.option(
    "--with-parent",
    "shut down when standard input ends: give it a pipe from a program that it must not outlive",
  );
}

/** Adds the logging options. */
export function withLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--log-level <level>", "what to log to stderr").choices(logLevels).default("info"),
    )
    .addOption(
      new Option(
        "--log-format <format>",
        "log format (default: text on a terminal, otherwise json)",
      ).choices(logFormats),
    );
}

/** The logger that the options describe. */
export function loggerOf(options: Pick<ServiceCommandOptions, "logLevel" | "logFormat">): Logger {
  return createLogger(options.logLevel, options.logFormat);
}

/**
 * Reads where to listen, who may call, and the certificate.
 *
 * @param console gets a warning if other users of the machine can read a secret file
 * @throws CliError
 */
export async function readAccess(options: AccessOptions, console: Console): Promise<ServiceAccess> {
  const bind = parseBind(options.bind);
  const { tokenFile, tlsCert, tlsKey } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CliError("--tls-cert and --tls-key need each other. Give both, or none.", {
      exitCode: 2,
    });
  }
  const tokens =
    tokenFile === undefined ? undefined : new TokenList(await readTokenFile(tokenFile));
  const tls =
    tlsCert === undefined || tlsKey === undefined ? undefined : await identityOf(tlsCert, tlsKey);
  for (const secret of [tokenFile, tlsKey]) {
    if (secret !== undefined) {
      await warnIfReadableByOthers(console, secret);
    }
  }
  const reload = async (logger: Logger): Promise<void> => {
    if (tokens !== undefined && tokenFile !== undefined) {
      const read = await readTokenFile(tokenFile);
      if (read.join("\n") !== tokens.tokens.join("\n")) {
        tokens.replace(read);
        logger.info({ tokens: read.length }, "the token file was reloaded");
      }
    }
    if (tls !== undefined && tlsCert !== undefined && tlsKey !== undefined) {
      const files = await readTlsFiles(tlsCert, tlsKey);
      if (files.cert !== tls.files.cert || files.key !== tls.files.key) {
        tls.replace(files);
        logger.info("the TLS certificate was reloaded");
      }
    }
  };
  const paths = [tokenFile, tlsCert, tlsKey].filter((path) => path !== undefined);
  return {
    ...bind,
    tokens,
    tls,
    allowedOrigins: options.allowOrigin ?? [],
    hasFiles: paths.length > 0,
    follow(logger, watching = {}) {
      // One at a time: after two quick changes the newer one must win.
      let reloading = Promise.resolve();
      const changed = (): void => {
        reloading = reloading
          .then(() => reload(logger))
          .catch((error: unknown) =>
            logger.error(`the previous tokens and certificate stay in use: ${messageOf(error)}`),
          );
      };
      const files = new WatchedFiles(paths, changed, watching);
      // The files may have changed while the service was starting.
      changed();
      return files;
    },
  };
}

async function identityOf(certFile: string, keyFile: string): Promise<TlsIdentity> {
  const files = await readTlsFiles(certFile, keyFile);
  try {
    return new TlsIdentity(files);
  } catch (cause) {
    throw new CliError(messageOf(cause), { cause });
  }
}

/** Warns if anybody on the network can reach a service without tokens, or if tokens cross a network unencrypted. */
export function warnIfOpen(
  console: Console,
  bind: string,
  { host, tokens, tls }: Pick<ServiceAccess, "host" | "tokens" | "tls">,
): void {
  if (isLoopback(host)) {
    return;
  }
  if (tokens === undefined) {
    console.warn(
      `warning: the API is open to anybody who can reach ${bind}. Use --token-file, or bind to 127.0.0.1.`,
    );
  } else if (tls === undefined) {
    console.warn(
      `warning: tokens for ${bind} cross the network unencrypted. Use --tls-cert and --tls-key, or put a TLS proxy in front.`,
    );
  }
}
