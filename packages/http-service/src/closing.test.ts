import type { ServerResponse } from "node:http";
import { fastify, type FastifyInstance } from "#libraries/fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import { closeApi } from "./closing.ts";
import { createService } from "./create-service.ts";
import { sayFarewell } from "./farewell.ts";
import { defaultServiceLimits } from "./service-limits.ts";

interface Held {
  readonly api: FastifyInstance;
  readonly url: string;
  /** The outcome of the request: the text of the response, or why there is none. */
  readonly outcome: Promise<string>;
  answer(text: string): void;
}

/** An API with a request under way, which completes when the test says so. */
async function holdRequest(): Promise<Held> {
  const api = fastify();
  onTestFinished(() => api.close());
  const underWay = Promise.withResolvers<void>();
  const work = Promise.withResolvers<string>();
  api.get("/", (_request, reply) => {
    underWay.resolve();
    // Otherwise the caller's connection would stay open for a moment.
    void reply.header("connection", "close");
    return work.promise;
  });
  const url = await api.listen({ host: "127.0.0.1", port: 0 });
  const outcome = ask(url);
  await underWay.promise;
  return { api, url, outcome, answer: work.resolve };
}

function ask(url: string): Promise<string> {
  return fetch(url).then(
    (response) => response.text(),
    (error: unknown) => String(error),
  );
}

describe("closing an API", () => {
  test("lets requests under way finish before work is stopped", async () => {
    const { api, outcome, answer } = await holdRequest();
    let beforeStop: string | undefined;
    const closed = closeApi(api, 60_000, async () => {
      beforeStop = await outcome;
    });
    answer("done");
    await closed;

    expect(beforeStop).toBe("done");
  });

  test("responds to callers whose wait ends when the work stops, and to nobody after them", async () => {
    const { api, url, outcome, answer } = await holdRequest();
    await closeApi(api, 0, async () => answer("stopped"));

    expect(await outcome).toBe("stopped");
    expect(await ask(url)).toContain("fetch failed");
  });

  test("cuts connections even if the work can't be stopped, and says why", async () => {
    const { api, outcome } = await holdRequest();
    const closed = closeApi(api, 0, () => Promise.reject(new Error("no way")));

    await expect(closed).rejects.toThrow("no way");
    expect(await outcome).toContain("fetch failed");
  });
});

test("an API that is about to close still serves its clients, tells them, and reports that it is unhealthy", async () => {
  const api = createService({ limits: defaultServiceLimits, explain: () => undefined });
  api.get("/", async () => "served");
  api.get("/health", async () => "well");
  const held = Promise.withResolvers<ServerResponse>();
  api.get("/raw", async (_request, reply) => {
    reply.hijack();
    held.resolve(reply.raw);
  });
  const url = await api.listen({ host: "127.0.0.1", port: 0 });
  const connectionOf = async (path: string): Promise<readonly [string, string | null]> => {
    const answer = await fetch(`${url}${path}`);
    return [await answer.text(), answer.headers.get("connection")];
  };
  expect(await connectionOf("/")).toEqual(["served", "keep-alive"]);
  const begunBefore = connectionOf("/raw");
  const raw = await held.promise;
  await sayFarewell(api, 0);
  raw.end("raw");
  expect(await begunBefore).toEqual(["raw", "close"]);
  expect(await connectionOf("/")).toEqual(["served", "close"]);
  const health = await fetch(`${url}/health`);
  expect([health.status, health.headers.get("flawless-error-code")]).toEqual([503, "CLOSED"]);
  await health.text();
  await closeApi(api, 0);
});
