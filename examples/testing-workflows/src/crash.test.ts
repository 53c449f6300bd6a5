import { expect } from "vitest";
import { crashEverywhere, type TestEnvironment } from "@flawless-ts/testkit";
import { test } from "@flawless-ts/testkit/vitest";
import { contract, modulePath } from "./modules.ts";

test("continues to sleep after a crash", async ({ env }) => {
  const module = await env.deploy(modulePath, { contract });
  const start = env.now;
  const run = await module.start("sleep_ms", { ms: 10_000 });
  await env.skip("4 s");
  await env.crash();
  await expect(run).toRespondWith("slept");
  expect(env.now - start).toBe(10_000);
});

const environment = { http: { "*": { body: "fine" } }, secrets: { token: "a secret" } };

async function checkout(env: TestEnvironment): Promise<unknown> {
  const module = await env.deploy(modulePath, { contract });
  const run = await module.start("all_calls", { url: "https://shop.example", secret: "token" });
  await run.send("go", { value: "now" });
  await run.completion();
  return run.response();
}

test("has the same outcome wherever it crashes between two requests", async () => {
  const report = await crashEverywhere(checkout, { environment, interruptRequests: false });
  expect(report.tried).toBeGreaterThan(10);
});

test("has a different outcome if a crash interrupts a request", async () => {
  await expect(crashEverywhere(checkout, { environment })).rejects.toMatchObject({
    code: "FLAWLESS_TESTKIT_CRASH_CHANGED_OUTCOME",
    message: expect.stringContaining("RequestInterrupted"),
  });
});
