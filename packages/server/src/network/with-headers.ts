import type { HttpClient } from "./http-client.ts";

type Headers = readonly (readonly [name: string, value: string])[];

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
