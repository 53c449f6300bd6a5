import { once } from "node:events";
import { createServer } from "node:net";
import { FlawlessError } from "@flawless-ts/wasm-module";
import type { FastifyInstance } from "#libraries/fastify";

/** Why a server can't listen. */
export type ListenErrorCode = "FLAWLESS_LISTEN_ADDRESS_IN_USE" | "FLAWLESS_LISTEN_ADDRESS_UNUSABLE";

/** The server can't listen on the given address. */
export class ListenError extends FlawlessError {
  readonly code: ListenErrorCode;

  constructor(code: ListenErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  override get _tag(): "ListenError" {
    return "ListenError";
  }
}

/**
 * Checks whether a server could listen there, before doing anything else.
 *
 * @throws ListenError
 */
export async function assertAddressFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ host, port });
    await once(probe, "listening");
  } catch (error) {
    throw toListenError(error, host, port);
  }
  probe.close();
  await once(probe, "close");
}

/**
 * Starts listening.
 *
 * @param options with `shared`, other threads of the process can listen there too, and each gets its share of the connections
 * @returns a URL that clients on this machine can use
 * @throws ListenError
 */
export async function listen(
  app: FastifyInstance,
  host: string,
  port: number,
  { shared = false }: { readonly shared?: boolean } = {},
): Promise<string> {
  try {
    const url = new URL(await app.listen({ host, port, ...(shared ? { reusePort: true } : {}) }));
    if (host === "0.0.0.0" || host === "::") {
      // This means all addresses of the machine, and is not one that clients can connect to.
      url.hostname = host === "::" ? "[::1]" : "127.0.0.1";
    }
    return url.origin;
  } catch (error) {
    throw toListenError(error, host, port);
  }
}

function toListenError(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") {
    return error;
  }
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  switch (error.code) {
    case "EADDRINUSE":
      return new ListenError(
        "FLAWLESS_LISTEN_ADDRESS_IN_USE",
        `${address} is in use, perhaps by another server. Stop that one or choose another port.`,
        { cause: error },
      );
    case "EACCES":
      return new ListenError(
        "FLAWLESS_LISTEN_ADDRESS_UNUSABLE",
        `${address} may not be used by this user. Ports below 1024 need special rights: choose another one.`,
        { cause: error },
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ListenError(
        "FLAWLESS_LISTEN_ADDRESS_UNUSABLE",
        `${host} is not an address of this machine (${error.code}).`,
        {
          cause: error,
        },
      );
    default:
      return new ListenError(
        "FLAWLESS_LISTEN_ADDRESS_UNUSABLE",
        `It is not possible to listen on ${address}: ${error.message}`,
        {
          cause: error,
        },
      );
  }
}
