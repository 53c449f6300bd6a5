import { createServer } from "node:http";
import { Readable } from "node:stream";
import { authorization, handler } from "./handler.ts";

export const server = createServer(async (incoming, outgoing) => {
  if (incoming.headers.authorization !== authorization) {
    outgoing.writeHead(401).end();
    return;
  }
  // Aborts the activity's signal when the caller disconnects.
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  const response = await handler(
    new Request(new URL(incoming.url ?? "/", "http://localhost"), {
      method: incoming.method ?? "GET",
      headers: Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      ),
      body: hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null,
      duplex: "half",
      signal: gone.signal,
    }),
  );
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(await response.text());
});
