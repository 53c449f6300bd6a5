import type { Command } from "commander";
import { CliError } from "../cli/cli-error.ts";
import { collect } from "../cli/collect.ts";
import type { IrohOptions } from "./iroh-options.ts";

/** A command's options for iroh. */
export interface IrohCommandOptions {
  /** True if no address is given. */
  readonly iroh?: true | readonly string[];
  readonly irohAdvertise?: readonly string[];
  readonly irohRelay?: readonly string[];
  readonly irohDiscovery?: boolean;
}

/** Adds the options that make a service reachable by ticket. */
export function withIrohOptions(command: Command): Command {
  return command
    .option(
      "--iroh [addr:port]",
      "be reachable by ticket, too, through iroh: UDP on this address (default: the address and port of --bind); repeatable; needs the package @flawless-ts/iroh",
      (address: string, before: true | readonly string[] | undefined) => [
        ...(Array.isArray(before) ? before : []),
        address,
      ],
    )
    .option(
      "--iroh-advertise <addr:port>",
      "an address to put into the ticket instead of the endpoint's own, such as a router's; repeatable",
      collect,
      [],
    )
    .option("--iroh-relay <url>", "an iroh relay to use; repeatable (default: none)", collect, [])
    .option(
      "--iroh-discovery",
      "publish the endpoint's addresses on the discovery servers of the iroh project",
    );
}

/**
 * @param keyFile where the secret key is kept
 * @returns undefined if iroh is not used
 * @throws CliError if there are iroh options, but not --iroh itself
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
