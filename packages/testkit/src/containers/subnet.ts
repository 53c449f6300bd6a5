import { BlockList } from "node:net";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** A range of IPv4 addresses. */
export interface Subnet {
  readonly address: string;
  /** The number of leading bits for the network. */
  readonly prefix: number;
}

/**
 * Parses a subnet such as `192.168.100.0/24`.
 *
 * @throws InvalidOptionError
 */
export function parseSubnet(text: string): Subnet {
  const [, address = "", digits = ""] = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/.exec(text) ?? [];
  const prefix = Number(digits);
  const fits = address.split(".").every((part) => Number(part) <= 255);
  if (address === "" || !fits || prefix < 8 || prefix > 30) {
    throw new InvalidOptionError(
      "subnet",
      `expected a subnet such as 192.168.100.0/24, with 8 to 30 bits, but got ${JSON.stringify(text)}.`,
    );
  }
  return { address, prefix };
}

/** Whether two ranges have an address in common. */
export function overlap(one: Subnet, other: Subnet): boolean {
  return contains(one, other.address) || contains(other, one.address);
}

/**
 * The address at a place in a subnet: `addressIn("192.168.100.0/24", 11)` is `192.168.100.11`.
 *
 * @throws InvalidOptionError if the subnet has no such place for a container
 */
export function addressIn(subnet: string, place: number): string {
  const { address, prefix } = parseSubnet(subnet);
  const size = 2 ** (32 - prefix);
  // The first is the network's, the second the gateway's, and the last is for broadcasts.
  if (!Number.isSafeInteger(place) || place < 2 || place > size - 2) {
    throw new InvalidOptionError(
      "place",
      `expected a whole number from 2 to ${size - 2} in ${subnet}, but got ${place}.`,
    );
  }
  const first = Math.floor(numberOf(address) / size) * size;
  return textOf(first + place);
}

function contains({ address, prefix }: Subnet, candidate: string): boolean {
  const list = new BlockList();
  list.addSubnet(address, prefix);
  return list.check(candidate);
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
