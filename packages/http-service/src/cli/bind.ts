import { BlockList, isIP } from "node:net";
import { CliError } from "./cli-error.ts";

/** The address to listen on. */
export interface Bind {
  readonly host: string;
  readonly port: number;
}

/**
 * Parses `ADDR:PORT`; IPv6 addresses are in brackets.
 *
 * @throws CliError
 */
export function parseBind(text: string): Bind {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:[\]\s/@]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  const isAddress = bracketed === undefined || isIP(bracketed) === 6;
  if (host === undefined || !isAddress || port > 65_535) {
    throw new CliError(
      `--bind expects ADDR:PORT, such as 127.0.0.1:27288, localhost:0 or [::1]:27288, not ${JSON.stringify(text)}.`,
      { exitCode: 2 },
    );
  }
  return { host, port };
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Whether a server that listens on `host` can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === "localhost" : loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}
