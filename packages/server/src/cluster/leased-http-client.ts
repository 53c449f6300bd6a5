import type { HttpClient } from "../network/http-client.ts";
import type { Lease } from "./lease.ts";

/**
 * Sends requests only while the partition is this node's. A process that was stopped between a request's intent and the
 * request itself, for longer than its lease, would else send what another node has told to its workflow as interrupted.
 */
export function whileLeased(http: HttpClient, lease: Lease): HttpClient {
  return {
    send: async (request, options) => {
      if (!lease.isValid) {
        // The engine is about to be stopped; there is no answer to give it.
        return new Promise<never>(() => undefined);
      }
      return http.send(request, options);
    },
  };
}
