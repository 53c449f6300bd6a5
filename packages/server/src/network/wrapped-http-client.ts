import type { HttpClient } from "./http-client.ts";

type Headers = readonly (readonly [name: string, value: string])[];

/** Tells when a request begins (1) and when it is over (-1). */
export function countRequests(http: HttpClient, count: (change: 1 | -1) => void): HttpClient {
  return {
    send: async (request, options) => {
      count(1);
      try {
        return await http.send(request, options);
      } finally {
        count(-1);
      }
    },
  };
}

/** Sends more headers than the guest asked for. Its own win, and the journal knows of none. */
export function withHeaders(http: HttpClient, added: () => Headers): HttpClient {
  return {
    send: (request, options) => {
      const own = new Set(request.headers.map(([name]) => name.toLowerCase()));
      const more = added().filter(([name]) => !own.has(name.toLowerCase()));
      return http.send({ ...request, headers: [...request.headers, ...more] }, options);
    },
  };
}
