import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** The address on which a Flawless server in a container listens. */
export interface FlawlessBind {
  readonly host: string;
  readonly port: number;
  /** Whether it is unreachable from outside the container. */
  readonly loopback: boolean;
}

/**
 * Parses `ADDR:PORT`.
 *
 * @throws InvalidOptionError
 */
export function parseFlawlessBind(text: string): FlawlessBind {
  const [, host = "", digits = ""] = /^(\[[^\]]+\]|[^:[\]\s/]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === "" || port < 1 || port > 65_535) {
    throw new InvalidOptionError(
      "withBind()",
      `expected ADDR:PORT with a port from 1 to 65535, such as 0.0.0.0:27288, but got ${JSON.stringify(text)}.`,
    );
  }
  return { host, port, loopback: /^(127\.|localhost$|\[::1\]$)/.test(host) };
}

/** What to do about a server that only its own container can reach. */
export const loopbackAdvice =
  'Its Flawless listens on localhost in its container. Start it with withBind("0.0.0.0:27288") to reach it.';
