import type { Flawless } from "@flawless-ts/sdk";
import { type Command, Option } from "commander";
import { type Console, readTokenFile } from "@flawless-ts/http-service";

/** Options of every command that talks to a server. */
export interface ClientOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

const defaultUrl = "http://127.0.0.1:27288";

/** Gives `command` the options of those that talk to a server. */
export function withClientOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--url <url>", `where the server is (default: $FLAWLESS_URL or ${defaultUrl})`),
    )
    .addOption(
      new Option(
        "--token-file <file>",
        "file with the token that the server wants (default: $FLAWLESS_TOKEN, if set)",
      ),
    )
    .option("--json", "print one JSON value and nothing else");
}

/**
 * A client for the server that the options and the environment name; the caller closes it.
 *
 * @throws CliError for a token file of no use
 */
export async function connect(options: ClientOptions, { env }: Console): Promise<Flawless> {
  const token =
    options.tokenFile === undefined
      ? env["FLAWLESS_TOKEN"]
      : (await readTokenFile(options.tokenFile))[0];
  // Only now, so that `up` need not load what it has no use for.
  const { Flawless } = await import("@flawless-ts/sdk");
  return new Flawless({
    url: options.url ?? env["FLAWLESS_URL"] ?? defaultUrl,
    // Somebody sits and waits: long enough for a server that is just starting, but no longer.
    retry: { attempts: 3 },
    ...(token === undefined || token === "" ? {} : { token }),
  });
}
