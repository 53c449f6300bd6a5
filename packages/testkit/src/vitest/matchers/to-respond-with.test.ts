import { describe, expect, expectTypeOf } from "vitest";
import { defineContract, type } from "@flawless-ts/wasm-module";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import type { WorkflowHandle } from "@flawless-ts/sdk";
import { test } from "../test.ts";
import type { ResponseMatcher } from "./matcher-types.ts";

const conformance = fixtureBytes("conformance");
const contract = defineContract({
  name: "conformance",
  version: "1.0.0",
  workflows: {
    add: { input: type<{ readonly a: number; readonly b: number }>(), response: type<number>() },
    receive: { response: type<{ readonly by: string }>(), messages: { approve: type<unknown>() } },
  },
});

describe("toRespondWith", () => {
  test("takes the response", async ({ env }) => {
    const module = await env.deploy(conformance);
    await expect(await module.start("echo", { a: [1, { b: null }] })).toRespondWith({
      a: [1, { b: null }],
    });
  });

  test("takes asymmetric matchers", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("randoms");
    await expect(run).toRespondWith(
      expect.objectContaining({ i64: expect.any(BigInt), i32: expect.any(Number) }),
    );
  });

  test("refuses another response and shows a diff", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("add", { a: 2, b: 3 });
    await expect(expect(run).toRespondWith(6)).rejects.toMatchObject({
      message: `expected workflow add (${run.id}) to respond with 6, but it responded with 5`,
      actual: 5,
      expected: 6,
    });
  });

  test("can be negated", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("add", { a: 2, b: 3 });
    await expect(run).not.toRespondWith(6);
    await expect(expect(run).not.toRespondWith(5)).rejects.toThrow("not to respond with 5");
  });

  test("refuses a workflow that fails, even if negated", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("panic_before_response", { message: "boom" });
    await expect(expect(run).toRespondWith(5)).rejects.toThrow(/but it failed: .*boom/);
    await expect(expect(run).not.toRespondWith(5)).rejects.toThrow(/but it failed: .*boom/);
  });

  test("refuses a workflow that was cancelled", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("receive");
    await run.cancel();
    await expect(expect(run).toRespondWith(5)).rejects.toThrow("but it was cancelled");
  });

  test("says that nothing will ever wake the workflow", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("receive");
    await expect(expect(run).not.toRespondWith(5)).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_DEADLOCK",
    });
  });

  test("requires a run", async ({ env }) => {
    const module = await env.deploy(conformance);
    const matching = (received: unknown): Promise<void> =>
      // As in JavaScript, where no type prevents it.
      expect(received as WorkflowHandle).toRespondWith(5);
    const started = module.start("receive");
    await expect(matching(started)).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
      message: expect.stringContaining("is there an `await` missing?"),
    });
    await started;
    await expect(matching(env)).rejects.toThrow("an object of class TestEnvironment");
    await expect(matching("wkf_1")).rejects.toThrow('but got "wkf_1"');
  });

  test("checks the type of the response", async ({ env }) => {
    const module = await env.deploy(conformance, { contract });
    const run = await module.start("add", { a: 2, b: 3 });
    expectTypeOf(expect(run).toRespondWith).toEqualTypeOf<ResponseMatcher<number>>();
    expectTypeOf(expect(run).not.toRespondWith).toEqualTypeOf<ResponseMatcher<number>>();
    expectTypeOf(expect(env).toRespondWith).toEqualTypeOf<never>();
    await expect(run).toRespondWith(5);
  });
});
