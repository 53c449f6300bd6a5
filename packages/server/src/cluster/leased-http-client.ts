import type { HttpClient } from "../network/http-client.ts";
import type { Lease } from "./lease.ts";

/**
 * Sends requests only while this node owns the partition. Otherwise a process that was suspended between a request's
 * intent and the request itself, for longer than its lease, would send what another node has reported to the workflow
 * as interrupted.
 */
export function whileLeased(http: HttpClient, lease: Lease): HttpClient {
  return {
    send: async (request, options) => {
      if (!lease.isValid) {
        // The engine is about to be stopped, so it gets no response.
        return new Promise<never>(() => undefined);
      }
      return http.send(request, options);
    },
  };
}
