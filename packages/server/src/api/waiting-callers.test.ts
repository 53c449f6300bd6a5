import { afterEach, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { exampleWorkflow, fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

test("callers beyond the limit are refused with 429; accepted work continues", async () => {
  const held = Promise.withResolvers<void>();
  let started = 0;
  app = createApi(
    fakeEngine({
      start: async () => {
        started += 1;
        await held.promise;
        return { id: "wkf_1", response: "1" };
      },
      wait: async () => {
        started += 1;
        await held.promise;
        return exampleWorkflow;
      },
    }),
    { limits: { waitingCallers: 2 } },
  );
  const payload = { module: "m", version: "1", workflow: "w", input: "null" };
  const start = () => app?.inject({ method: "POST", url: "/api/workflow/start", payload });
  const wait = () => app?.inject({ url: "/api/workflows/wkf_1/wait" });
  const accepted = [start(), wait()];
  await expect.poll(() => started).toBe(2);

  for (const refused of [await start(), await wait()]) {
    expect(refused?.statusCode).toBe(429);
    expect(refused?.headers).toMatchObject({
      "retry-after": "1",
      "flawless-error-code": "LIMIT_REACHED",
    });
    expect(refused?.json()).toEqual({
      error: expect.stringMatching(/^2 callers wait for workflows already/) as string,
    });
  }
  expect((await app.inject({ url: "/health" })).statusCode).toBe(200);
  held.resolve();
  expect((await Promise.all(accepted)).map((reply) => reply?.statusCode)).toEqual([200, 200]);
  expect((await start())?.statusCode).toBe(200);
  expect(started).toBe(3);
});
