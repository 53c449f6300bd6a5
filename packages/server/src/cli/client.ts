import type { Flawless } from "@flawless-ts/sdk";
import { type Command, Option } from "commander";
import { type Console, readCertificates, readTokenFile } from "@flawless-ts/http-service/program";

/** Options common to all commands that connect to a server. */
export interface ClientOptions {
  readonly url?: readonly string[];
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly json?: boolean;
}

const defaultUrl = "http://127.0.0.1:27288";

/** Adds the options for connecting to a server. */
export function withClientOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--url <url>",
        `the server's URL; repeat it for each node of a cluster (default: $FLAWLESS_URL, comma-separated, or ${defaultUrl})`,
      ).argParser((url: string, before: readonly string[] = []) => [...before, url]),
    )
    .addOption(
      new Option(
        "--token-file <file>",
        "file with the server's token (default: $FLAWLESS_TOKEN, if set)",
      ),
    )
    .addOption(
      new Option(
        "--ca-file <file>",
        "certificate authorities to trust for https, in PEM (default: $FLAWLESS_CA_FILE, otherwise the system's)",
      ),
    )
    .option("--json", "print one JSON value and nothing else");
}

/**
 * A client for the server named by the options and the environment; the caller closes it.
 *
 * @throws CliError for a file without usable tokens or certificates
 */
export async function connect(options: ClientOptions, console: Console): Promise<Flawless> {
  const { urls: url, token, ca } = await readServerAccess(options, console);
  // Only now, so that `up` doesn't load code it doesn't need.
  const { Flawless } = await import("@flawless-ts/sdk");
  return new Flawless({
    url,
    // A person is waiting: long enough for a server that is just starting, but no longer.
    retry: { attempts: 3 },
    ca,
    ...(token === undefined ? {} : { token }),
  });
}

/** How to connect to a server. */
export interface ServerAccess {
  /** One URL for each node of a cluster, and at least one. Each may hold several, separated by commas. */
  readonly urls: readonly string[];
  readonly token: string | undefined;
  /** Certificates to trust, in PEM. */
  readonly ca: string | undefined;
}

/**
 * Reads the server's address from the options and the environment.
 *
 * @throws CliError for a file without usable tokens or certificates
 */
export async function readServerAccess(
  options: ClientOptions,
  { env }: Console,
): Promise<ServerAccess> {
  const token =
    options.tokenFile === undefined
      ? env["FLAWLESS_TOKEN"]
      : (await readTokenFile(options.tokenFile))[0];
  const caFile = options.caFile ?? (env["FLAWLESS_CA_FILE"] || undefined);
  const ca = caFile === undefined ? undefined : await readCertificates(caFile);
  return {
    urls: options.url ?? [env["FLAWLESS_URL"] ?? defaultUrl],
    token: token === "" ? undefined : token,
    ca,
  };
}
