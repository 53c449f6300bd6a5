import { afterEach, expect, test } from "vitest";
import type { FastifyInstance } from "#libraries/fastify";
import { createService } from "./create-service.ts";
import { defaultServiceLimits, resolveLimits } from "./service-limits.ts";
import { listenOnFreePort, rawRequest } from "@flawless-ts/test-helpers";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

test("a connection that pipelines requests gets only the max number served at a time, and may continue", async () => {
  const limits = resolveLimits({ pipelinedRequests: 3 }, defaultServiceLimits);
  let handled = 0;
  app = createService({ limits, explain: () => undefined });
  app.get("/", async () => {
    handled += 1;
    // Not before all requests sent in one piece have arrived.
    await new Promise(setImmediate);
    return "answer";
  });
  const port = await listenOnFreePort(app);
  const one = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const last = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const answers = await rawRequest(port, one.repeat(9) + last);

  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([
    ...Array<string>(3).fill("HTTP/1.1 200"),
    ...Array<string>(7).fill("HTTP/1.1 429"),
  ]);
  expect(handled).toBe(3);
  expect(await rawRequest(port, last)).toMatch(/^HTTP\/1\.1 200/);
});
