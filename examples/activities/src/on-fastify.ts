import Fastify from "fastify";
import { authorization, handler } from "./handler.ts";

export const app = Fastify({ bodyLimit: 8 * 1024 * 1024 });

await app.register(async (scope) => {
  scope.addHook("onRequest", async (request, reply) => {
    if (request.headers.authorization !== authorization) return reply.code(401).send();
  });
  // The raw text: its numbers may have more digits than JavaScript's can hold.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) =>
    done(null, body),
  );
  scope.post("/activities/:name", async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const response = await handler(
      new Request(new URL(request.url, "http://localhost"), {
        method: "POST",
        headers: request.headers as Record<string, string>,
        body: request.body as string,
        signal: gone.signal,
      }),
    );
    return reply.send(response);
  });
});
