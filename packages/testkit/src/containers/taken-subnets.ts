import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parseSubnet, type Subnet } from "./subnet.ts";

/**
 * The IPv4 ranges that this machine reaches by an interface of its own. Docker checks only its own networks.
 *
 * @param routes the text of Linux's `/proc/net/route`: it also has interfaces without a carrier, such as the bridge that
 * a killed Docker engine left behind, which Node.js doesn't list
 */
export function takenSubnets(routes: string = readRoutes()): readonly Subnet[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address, cidr }) =>
      parseSubnet(`${address}/${boundedPrefix(Number(cidr?.split("/").at(1) ?? 24))}`),
    );
  return [...addresses, ...subnetsIn(routes)];
}

function readRoutes(): string {
  try {
    return readFileSync("/proc/net/route", "utf8");
  } catch {
    // Not on Linux: there Docker runs in a machine of its own.
    return "";
  }
}

/** Without the default route. */
function subnetsIn(routes: string): readonly Subnet[] {
  return routes
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, , , , , , mask]) => destination !== "00000000" && mask !== undefined)
    .map(([, destination = "", , , , , , mask = ""]) => {
      const bits = bytesOf(mask).flatMap((byte) => Array.from(byte.toString(2).padStart(8, "0")));
      const prefix = boundedPrefix(bits.filter((bit) => bit === "1").length);
      return parseSubnet(`${bytesOf(destination).join(".")}/${prefix}`);
    });
}

/** The kernel writes an address as one number in the machine's order of bytes, which is the reverse. */
function bytesOf(hex: string): readonly number[] {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function boundedPrefix(prefix: number): number {
  return Math.min(30, Math.max(8, prefix));
}
