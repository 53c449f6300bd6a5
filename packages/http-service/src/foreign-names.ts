import { isIP } from "node:net";
import type { FastifyRequest } from "#libraries/fastify";
import { ApiError } from "./api-error.ts";

/**
 * Refuses a request that reached a loopback address under another host's name. A web page can make its own host name point at
 * the visitor's machine (DNS rebinding), and then the browser treats this server as the page's own origin. Addresses, and names
 * that the page doesn't own, can't be used for that.
 *
 * @throws ApiError `FOREIGN_ORIGIN`
 */
export function refuseForeignNames(request: FastifyRequest): void {
  const { localAddress } = request.raw.socket;
  if (localAddress === undefined || !isLoopbackAddress(localAddress)) {
    return;
  }
  const { host } = request.headers;
  const name = host === undefined ? undefined : URL.parse(`http://${host}`)?.hostname;
  if (name !== undefined && !isNameOfThisMachine(name)) {
    throw new ApiError(
      "FOREIGN_ORIGIN",
      `The request is for the host ${name}, but came to this machine's loopback address, and this server requires no token: a web page could be behind the request. Use 127.0.0.1 or localhost, or start the server with tokens.`,
    );
  }
}

function isLoopbackAddress(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127\./.test(address);
}

function isNameOfThisMachine(name: string): boolean {
  const plain = name.replace(/^\[(.*)\]$/, "$1");
  return isIP(plain) !== 0 || name === "localhost" || name.endsWith(".localhost");
}
