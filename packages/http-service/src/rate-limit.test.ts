import { afterEach, expect, test } from "vitest";
import type { FastifyInstance } from "#libraries/fastify";
import { createAuthentication } from "./authentication.ts";
import { createService } from "./create-service.ts";
import { defaultServiceLimits, resolveLimits } from "./service-limits.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

function service(requestsPerSecond?: number): FastifyInstance {
  const limits = resolveLimits({ requestsPerSecond }, defaultServiceLimits);
  const authentication = createAuthentication(["one", "two"], "test");
  app = createService({ limits, authentication, explain: () => undefined });
  app.addHook("onRequest", async (request) => {
    authentication.assertAllowed(request);
  });
  app.get("/", async () => "in");
  return app;
}

async function statuses(token: string, count: number, remoteAddress = "10.0.0.1"): Promise<string> {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const headers = { authorization: `Bearer ${token}` };
    seen.push((await app?.inject({ url: "/", headers, remoteAddress }))?.statusCode ?? 0);
  }
  return [...new Set(seen)]
    .map((one) => `${one} x ${seen.filter((n) => n === one).length}`)
    .join(", ");
}

test("a caller that sends too much is told when to retry; others are not affected", async () => {
  service(1);
  expect(await statuses("one", 12)).toBe("200 x 10, 429 x 2");
  const refused = await app?.inject({ url: "/", headers: { authorization: "Bearer one" } });

  expect(refused?.headers["flawless-error-code"]).toBe("RATE_LIMITED");
  expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0);
  expect(refused?.json()).toEqual({
    error: expect.stringMatching(
      /^This caller has sent more than 10 requests in 10 seconds\. Send the next one in \d+ seconds\.$/,
    ) as string,
  });
  expect(await statuses("two", 1)).toBe("200 x 1");
});

test("a token counts as one caller from any address; callers with wrong tokens count by address", async () => {
  service(1);
  await statuses("one", 5, "10.0.0.1");
  expect(await statuses("one", 6, "10.0.0.2")).toBe("200 x 5, 429 x 1");

  const guesses: string[] = [];
  for (let guess = 0; guess < 12; guess += 1) {
    guesses.push(await statuses(`guess-${guess}`, 1, "10.0.0.3"));
  }
  expect(guesses).toEqual([
    ...Array<string>(10).fill("401 x 1"),
    ...Array<string>(2).fill("429 x 1"),
  ]);
});

test("without a rate limit, callers are not counted", async () => {
  service();
  expect(await statuses("one", 50)).toBe("200 x 50");
});
