import type { Flawless } from "@flawless-ts/sdk";
import { type Command, Option } from "commander";
import { type Console, readCertificates, readTokenFile } from "@flawless-ts/http-service/program";

/** Options of every command that talks to a server. */
export interface ClientOptions {
  readonly url?: readonly string[];
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly json?: boolean;
}

const defaultUrl = "http://127.0.0.1:27288";

/** Gives `command` the options of those that talk to a server. */
export function withClientOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--url <url>",
        `where the server is; given again for each node of a cluster (default: $FLAWLESS_URL, with commas between several, or ${defaultUrl})`,
      ).argParser((url: string, before: readonly string[] = []) => [...before, url]),
    )
    .addOption(
      new Option(
        "--token-file <file>",
        "file with the token that the server wants (default: $FLAWLESS_TOKEN, if set)",
      ),
    )
    .addOption(
      new Option(
        "--ca-file <file>",
        "certificates to trust for https, in PEM (default: $FLAWLESS_CA_FILE, else the usual ones)",
      ),
    )
    .option("--json", "print one JSON value and nothing else");
}

/**
 * A client for the server that the options and the environment name; the caller closes it.
 *
 * @throws CliError for a file without usable tokens or certificates
 */
export async function connect(options: ClientOptions, console: Console): Promise<Flawless> {
  const { urls: url, token, ca } = await readServerAccess(options, console);
  // Only now, so that `up` need not load what it has no use for.
  const { Flawless } = await import("@flawless-ts/sdk");
  return new Flawless({
    url,
    // Somebody sits and waits: long enough for a server that is just starting, but no longer.
    retry: { attempts: 3 },
    ca,
    ...(token === undefined ? {} : { token }),
  });
}

/** Where a server is, and what it wants to be shown. */
export interface ServerAccess {
  /** Of a cluster, one for each node; at least one. Each may hold several, separated by commas. */
  readonly urls: readonly string[];
  readonly token: string | undefined;
  /** Certificates to trust, in PEM. */
  readonly ca: string | undefined;
}

/**
 * What the options and the environment tell of the server.
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
