import { once } from "node:events";
import { request } from "node:http";

import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { callerSignal } from "./caller-signal.ts";
import { createService } from "./create-service.ts";
import { listenOnFreePort } from "@flawless-ts/test-helpers";
import { defaultServiceLimits, resolveLimits } from "./service-limits.ts";

test("when a caller disconnects, its work is aborted, and no failure is logged", async () => {
  const lines: { level: number; msg: string }[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const limits = resolveLimits({}, defaultServiceLimits);
  const logger = pino({ level: "trace" }, sink);
  const app = createService({ limits, logger, explain: () => undefined });
  const waiting = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  app.get("/wait", async (_request, reply) => {
    const signal = callerSignal(reply);
    waiting.resolve();
    await once(signal, "abort");
    ended.resolve(signal.reason);
    throw signal.reason;
  });
  const port = await listenOnFreePort(app);
  const caller = request({ host: "127.0.0.1", port, path: "/wait" }).on("error", () => undefined);
  caller.end();
  await waiting.promise;
  caller.destroy();

  expect(await ended.promise).toMatchObject({ name: "AbortError" });
  await expect
    .poll(() => lines.map(({ msg }) => msg), { interval: 5 })
    .toContain("the caller has gone");
  expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  await app.close();
});
