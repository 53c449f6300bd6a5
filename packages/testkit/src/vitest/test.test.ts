import { describe, expect, expectTypeOf, vi } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import type { TestEnvironment } from "../environment/test-environment.ts";
import type { TestEnvironmentOptions } from "../environment/test-environment-options.ts";
import { test, test as flawlessTest } from "./test.ts";

const conformance = fixtureBytes("conformance");
const year2030 = Date.UTC(2030, 0, 1);

async function get(env: TestEnvironment, url: string): Promise<unknown> {
  const module = await env.deploy(conformance);
  const run = await module.start("http", { method: "GET", url, headers: [] });
  return await run.response();
}

describe("env", () => {
  const seen = new Set<TestEnvironment>();

  test.for(["one", "another"])("belongs to %s test only", (_which, { env }) => {
    expect(env.runs).toEqual([]);
    expect(seen).not.toContain(env);
    seen.add(env);
    expect(env.now).toBe(Date.UTC(2026, 0, 1));
  });

  test("is closed after the test", ({ env, onTestFinished }) => {
    onTestFinished(async () => {
      await expect(env.deploy(conformance)).rejects.toMatchObject({
        code: "FLAWLESS_TESTKIT_CLOSED",
      });
    });
  });

  test("can be closed by the test itself", async ({ env }) => {
    await env.close();
    await expect(env.settle()).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_CLOSED" });
  });

  test("keeps running under the test's fake timers", async ({ env, onTestFinished }) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const module = await env.deploy(conformance);
    await expect(await module.start("sleep_ms", { ms: 1_000 })).toRespondWith("slept");
  });

  test.fails("fails the test whose request nobody answered", async ({ env }) => {
    const module = await env.deploy(conformance);
    await module.start("http", { method: "GET", url: "http://nobody.example/", headers: [] });
    await env.settle();
  });
});

describe("env in hooks", () => {
  test.beforeEach(async ({ env }) => {
    await env.deploy(conformance);
    await env.skip("1 h");
  });

  test("is the test's own", ({ env }) => {
    expect(env.now).toBe(Date.UTC(2026, 0, 1, 1));
  });
});

describe.concurrent("env in concurrent tests", () => {
  test.for([1, 2, 3, 4])("has the time of test %i only", async (hours, { env, expect }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("sleep_ms", { ms: hours * 3_600_000 });
    await expect(run).toRespondWith("slept");
    expect(env.now).toBe(Date.UTC(2026, 0, 1, hours));
  });
});

describe("environmentOptions", () => {
  test.override({
    environmentOptions: { startTime: year2030, http: { "*": { body: "from the describe" } } },
  });

  test("are those of the describe block", async ({ env }) => {
    expect(env.now).toBe(year2030);
    expect(await get(env, "http://a.example/")).toMatchObject({
      ok: { body: "from the describe" },
    });
  });

  describe("inside another describe", () => {
    test.override("environmentOptions", ({ environmentOptions }) => ({
      ...environmentOptions,
      startTime: 0,
    }));

    test("can be derived from the outer ones", async ({ env }) => {
      expect(env.now).toBe(0);
      expect(await get(env, "http://a.example/")).toMatchObject({
        ok: { body: "from the describe" },
      });
    });
  });
});

describe("environmentOptions of a separate test function", () => {
  const test = flawlessTest.extend({ environmentOptions: { http: { "*": { status: 404 } } } });

  test("replace the defaults", async ({ env }) => {
    expect(await get(env, "http://a.example/")).toMatchObject({ status_error: { code: 404 } });
  });
});

describe("invalid environmentOptions", () => {
  test.override({ environmentOptions: { seed: 1.5 } });

  test.fails("fail the test", ({ env }) => {
    expect(env.runs).toEqual([]);
  });
});

test("the test function is typed", ({ env, environmentOptions }) => {
  expectTypeOf(env).toEqualTypeOf<TestEnvironment>();
  expectTypeOf(environmentOptions).toEqualTypeOf<TestEnvironmentOptions>();
  const refuseUnknownOption = (): void => {
    // @ts-expect-error: there is no such option
    test.override({ environmentOptions: { startTme: 0 } });
  };
  expect(refuseUnknownOption).toBeTypeOf("function");
});
