import type { HttpClient } from "./http-client.ts";

type Headers = readonly (readonly [name: string, value: string])[];

/** Reports when a request begins (1) and ends (-1). */
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

/** Adds headers to a guest's request. The guest's own headers win, and the added ones are not in the journal. */
export function withHeaders(http: HttpClient, added: () => Headers): HttpClient {
  return {
    send: (request, options) => {
      const own = new Set(request.headers.map(([name]) => name.toLowerCase()));
      const more = added().filter(([name]) => !own.has(name.toLowerCase()));
      return http.send({ ...request, headers: [...request.headers, ...more] }, options);
    },
  };
}
