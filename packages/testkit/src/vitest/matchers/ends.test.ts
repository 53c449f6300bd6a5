import { describe, expect, expectTypeOf } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { test } from "../test.ts";

const conformance = fixtureBytes("conformance");

describe("toComplete", () => {
  test("waits for the end", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("responds_later", { ms: 60_000 });
    await expect(run).toComplete();
    expect(env.now).toBe(Date.UTC(2026, 0, 1, 0, 2));
  });

  test("refuses a failure and says why", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("panic_before_response", { message: "boom" });
    await expect(expect(run).toComplete()).rejects.toThrow(
      `expected workflow panic_before_response (${run.id}) to complete, but it failed with PANIC: `,
    );
    await expect(run).not.toComplete();
  });

  test("refuses a cancellation", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("receive");
    await run.cancel();
    await expect(expect(run).toComplete()).rejects.toThrow("but it was cancelled");
  });

  test("can be negated", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("noop");
    await expect(expect(run).not.toComplete()).rejects.toThrow("not to complete, but it completed");
  });

  test("is for runs only", ({ env }) => {
    expectTypeOf(expect(env).toComplete).toEqualTypeOf<never>();
    expectTypeOf(expect(env).toFailWith).toEqualTypeOf<never>();
    expect(env.runs).toEqual([]);
  });
});

describe("toFailWith", () => {
  test.for<[string, string | RegExp]>([
    ["a code", "PANIC"],
    ["a part of the message", "can't be shipped"],
    ["a pattern", /order \d+ can't/],
    ["a pattern with a memory", /order/g],
  ])("takes %s", async ([, expected], { env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("panic_with_format", { order: 7 });
    await expect(run).toFailWith(expected);
    await expect(run).toFailWith(expected);
  });

  test.for<[string, string | RegExp]>([
    ["another code", "TIME_LIMIT"],
    ["another message", "is paid"],
    ["a pattern that does not match", /order eight/],
    ["a part of a code", "PAN"],
  ])("refuses %s", async ([, expected], { env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("panic_with_format", { order: 7 });
    await expect(expect(run).toFailWith(expected)).rejects.toThrow(
      /but it failed with PANIC: .*order 7 can't be shipped/,
    );
    await expect(run).not.toFailWith(expected);
  });

  test("refuses a workflow that completes", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("noop");
    await expect(expect(run).toFailWith("PANIC")).rejects.toThrow(
      'to fail with "PANIC", but it completed',
    );
  });

  test("refuses an empty text, which every message contains", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("panic_before_response", { message: "boom" });
    await expect(expect(run).toFailWith("")).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
    });
  });
});
