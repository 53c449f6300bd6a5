import { randomBytes } from "node:crypto";
import type { StoppedNetwork } from "testcontainers";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import { TestkitError } from "../errors.ts";
import { type Docker, findEngine } from "./docker/engine.ts";
import { removeNetwork } from "./session/removal.ts";
import { currentSession } from "./session/session.ts";
import { addressIn, overlap, parseSubnet } from "./subnet.ts";
import { takenSubnets } from "./taken-subnets.ts";
import { StartedNetwork } from "./testcontainers.ts";

/** Options of {@link ClusterNetwork.create}. */
export interface ClusterNetworkOptions {
  /**
   * Its addresses, such as `10.7.0.0/24`; refused if they are taken. Default: `192.168.100.0/24`, or the next free one
   * of `192.168.101.0/24` and so on.
   */
  readonly subnet?: string | undefined;
  /** Whether it is isolated: from other networks, and from this machine through published ports. Default false. */
  readonly internal?: boolean | undefined;
}

const clusterNetworkOptionNames = optionNames<ClusterNetworkOptions>({
  subnet: true,
  internal: true,
});

/** From 192.168.100.0/24 up to this one. */
const lastThird = 199;

/**
 * A network for containers, with a subnet, so that they can have fixed addresses and find each other by name. It is
 * removed when it is disposed of, or with this process.
 *
 * ```ts
 * await using network = await ClusterNetwork.create();
 * const flawless = new FlawlessContainer().withNetwork(network).withNetworkAliases("flawless");
 * ```
 */
export class ClusterNetwork extends StartedNetwork {
  /** Such as `192.168.100.0/24`. */
  readonly subnet: string;
  readonly #docker: Docker;

  private constructor(
    docker: Docker,
    subnet: string,
    ...parts: ConstructorParameters<typeof StartedNetwork>
  ) {
    super(...parts);
    this.#docker = docker;
    this.subnet = subnet;
  }

  /**
   * @throws InvalidOptionError for an invalid subnet
   * @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER`; `FLAWLESS_TESTKIT_CONTAINER_FAILED` if the subnet, or every
   * one tried, is taken
   */
  static async create(options: ClusterNetworkOptions = {}): Promise<ClusterNetwork> {
    refuseUnknownOptions(options, clusterNetworkOptionNames);
    const candidates = options.subnet === undefined ? usualSubnets() : [options.subnet];
    for (const subnet of candidates) {
      parseSubnet(subnet);
    }
    const { client, docker } = await findEngine();
    const { labels } = await currentSession();
    const taken = takenSubnets();
    let refusal: unknown;
    for (const subnet of candidates) {
      const clash = taken.find((other) => overlap(other, parseSubnet(subnet)));
      if (clash !== undefined) {
        refusal = new Error(`This machine has ${clash.address}/${clash.prefix}.`);
        continue;
      }
      const name = `flawless-ts-${randomBytes(6).toString("hex")}`;
      try {
        const network = await docker.createNetwork({
          Name: name,
          CheckDuplicate: true,
          Driver: "bridge",
          Internal: options.internal ?? false,
          IPAM: { Driver: "default", Config: [{ Subnet: subnet }] },
          Labels: { ...labels },
        });
        return new ClusterNetwork(docker, subnet, client, name, network);
      } catch (error) {
        if (!/overlap/i.test(String(error))) {
          throw error;
        }
        refusal = error;
      }
    }
    throw new TestkitError(
      "FLAWLESS_TESTKIT_CONTAINER_FAILED",
      `No network could be made with ${candidates.length === 1 ? `the subnet ${candidates[0]}` : `a subnet from ${candidates[0]} to ${candidates.at(-1)}`}: taken by other networks. See \`docker network ls\`.`,
      { cause: refusal },
    );
  }

  /**
   * The address at a place in the subnet: 11 for `192.168.100.11`.
   *
   * @throws InvalidOptionError
   */
  address(place: number): string {
    return addressIn(this.subnet, place);
  }

  /** Removes it; containers that are still connected are disconnected first. */
  override async stop(): Promise<StoppedNetwork> {
    await removeNetwork(this.#docker, this.getId());
    return {};
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function usualSubnets(): readonly string[] {
  return Array.from({ length: lastThird - 99 }, (_, index) => `192.168.${100 + index}.0/24`);
}
