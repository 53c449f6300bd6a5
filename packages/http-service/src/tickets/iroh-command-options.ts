import type { Command } from "commander";
import { CliError } from "../cli/cli-error.ts";
import { collect } from "../cli/collect.ts";
import type { IrohOptions } from "./iroh-options.ts";

/** What a command is told of iroh. */
export interface IrohCommandOptions {
  /** True where no address is given. */
  readonly iroh?: true | readonly string[];
  readonly irohAdvertise?: readonly string[];
  readonly irohRelay?: readonly string[];
  readonly irohDiscovery?: boolean;
}

/** Gives `command` the options that let a service be reached by a ticket. */
export function withIrohOptions(command: Command): Command {
  return command
    .option(
      "--iroh [addr:port]",
      "be reached by a ticket, too, through iroh: UDP on this address (default: the address and port of --bind); can be given again; needs the package @flawless-ts/iroh",
      (address: string, before: true | readonly string[] | undefined) => [
        ...(Array.isArray(before) ? before : []),
        address,
      ],
    )
    .option(
      "--iroh-advertise <addr:port>",
      "an address that the ticket tells in place of the endpoint's own, such as that of a router; can be given again",
      collect,
      [],
    )
    .option(
      "--iroh-relay <url>",
      "an iroh relay to use; can be given again (default: none)",
      collect,
      [],
    )
    .option(
      "--iroh-discovery",
      "publish the endpoint's addresses with the servers of iroh's makers",
    );
}

/**
 * @param keyFile where the secret key is kept
 * @returns undefined where nothing of it is wanted
 * @throws CliError where something is told of iroh, but not that it is wanted
 */
export function irohOptionsOf(
  {
    iroh,
    irohAdvertise: advertise = [],
    irohRelay: relays = [],
    irohDiscovery: discovery = false,
  }: IrohCommandOptions,
  keyFile: string,
): IrohOptions | undefined {
  if (iroh !== undefined) {
    return {
      ...(iroh === true ? {} : { bind: iroh }),
      ...(advertise.length === 0 ? {} : { advertise }),
      relays,
      discovery,
      keyFile,
    };
  }
  if (advertise.length > 0 || relays.length > 0 || discovery) {
    throw new CliError(
      "--iroh-advertise, --iroh-relay and --iroh-discovery need --iroh. Give it, too.",
      { exitCode: 2 },
    );
  }
  return undefined;
}
