import { describe, expect } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { test } from "@flawless-ts/testkit/vitest";

const conformance = fixtureBytes("conformance");

test("has the wrong sum", async ({ env }) => {
  const module = await env.deploy(conformance);
  const run = await module.start("add", { a: 2, b: 3 });
  await expect(run).toRespondWith(6);
});

test("passes", async ({ env }) => {
  const module = await env.deploy(conformance);
  await expect(await module.start("add", { a: 20, b: 30 })).toRespondWith(50);
});

test("throws", async ({ env }) => {
  const module = await env.deploy(conformance);
  await module.start("receive", null);
  await env.settle();
  throw new Error("thrown by the test");
});

test("leaves a request unanswered", async ({ env }) => {
  const module = await env.deploy(conformance);
  await module.start("http", { method: "GET", url: "http://nobody.example/", headers: [] });
  await env.settle();
});

describe("with a workflow that waits", () => {
  test.beforeEach(async ({ env }) => {
    const module = await env.deploy(conformance);
    await module.start("receive", null);
    await env.settle();
  });

  test("takes too long", { timeout: 50 }, async () => {
    await new Promise(() => undefined);
  });
});

test("fails twice", { retry: 1 }, async ({ env, task }) => {
  const module = await env.deploy(conformance);
  const run = await module.start("add", { a: 1, b: task.result?.retryCount });
  await expect(run).toRespondWith(0);
});

test("uses no workflow", ({ env }) => {
  expect(env.runs).toHaveLength(1);
});

describe.concurrent("side by side", () => {
  for (const sum of [1, 2, 3]) {
    test(`adds to ${sum}`, async ({ env, expect }) => {
      const module = await env.deploy(conformance);
      const run = await module.start("add", { a: sum, b: 1000 });
      await expect(run).toRespondWith(0);
    });
  }
});
