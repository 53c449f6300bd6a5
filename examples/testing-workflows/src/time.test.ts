import { expect } from "vitest";
import { test } from "@flawless-ts/testkit/vitest";
import { contract, modulePath } from "./modules.ts";

const year = 365 * 24 * 3_600_000;

test("sleeps for a year", async ({ env }) => {
  const module = await env.deploy(modulePath, { contract });
  const start = env.now;
  const run = await module.start("sleep_ms", { ms: year });
  await expect(run).toRespondWith("slept");
  expect(env.now - start).toBe(year);
});

test("waits two days at most for an approval", async ({ env }) => {
  const module = await env.deploy(modulePath, { contract });
  const run = await module.start("receive_timeout", { ms: 48 * 3_600_000 });
  await env.skip("47 hours");
  expect((await run.info()).waiting).toMatchObject({ on: "message", types: ["approve"] });
  await env.skip("1 hour");
  expect((await run.info()).status).toBe("completed");
  await expect(run).toRespondWith("timed out");
});
