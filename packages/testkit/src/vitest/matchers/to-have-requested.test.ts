import { describe, expect, expectTypeOf } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import type { TestEnvironment } from "../../environment/test-environment.ts";
import { test as baseTest } from "../test.ts";
import type { RequestExpectation } from "./request-expectation.ts";

const conformance = fixtureBytes("conformance");
const test = baseTest.extend({ environmentOptions: { http: { "*": { body: "fine" } } } });

async function send(
  env: TestEnvironment,
  ...requests: readonly (readonly [method: string, url: string, body?: string])[]
): Promise<void> {
  const module = await env.deploy(conformance);
  for (const [method, url, body] of requests) {
    const run = await module.start("http", { method, url, headers: [], body: body ?? null });
    await run.response();
  }
}

const order = [
  "POST",
  "http://shop.example:8080/orders/7?x=1",
  '{"id":7,"items":["tea"]}',
] as const;

describe("toHaveRequested", () => {
  test.for<RequestExpectation>([
    {},
    { method: "POST" },
    { method: "post" },
    { url: "http://shop.example:8080/orders/7?x=1" },
    { url: "http://shop.example:8080/orders/:id?*" },
    { url: /orders\/7/g },
    { body: '{"id":7,"items":["tea"]}' },
    { body: { items: ["tea"], id: 7 } },
    { body: expect.objectContaining({ id: 7 }) },
    { body: /"tea"/ },
    { body: Buffer.from('{"id":7,"items":["tea"]}') },
    {
      method: "POST",
      url: "http://shop.example:8080/orders/7?x=1",
      body: { id: 7, items: ["tea"] },
      times: 1,
    },
  ])("takes %o", async (expected, { env }) => {
    await send(env, order);
    expect(env).toHaveRequested(expected);
    expect(env).toHaveRequested(expected);
    expect(() => expect(env).not.toHaveRequested(expected)).toThrow("not to have been requested");
  });

  test.for<RequestExpectation>([
    { method: "PUT" },
    { url: "http://shop.example:8080/orders/8?x=1" },
    { url: "http://shop.example:8080/orders" },
    { url: "not a URL" },
    { url: /orders$/ },
    { body: '{"id":7}' },
    { body: { id: 7 } },
    { body: /coffee/ },
    { body: Buffer.from("{}") },
    { times: 0 },
    { times: 2 },
    { method: "POST", body: { id: 8 } },
  ])("refuses %o", async (expected, { env }) => {
    await send(env, order);
    expect(env).not.toHaveRequested(expected);
    expect(() => expect(env).toHaveRequested(expected)).toThrow("to have been requested");
  });

  test("counts", async ({ env }) => {
    await send(env, order, order, ["GET", "http://shop.example/"]);
    expect(env).toHaveRequested({ method: "POST", times: 2 });
    expect(env).toHaveRequested({ method: "DELETE", times: 0 });
    expect(() => expect(env).toHaveRequested({ method: "POST", times: 1 })).toThrow(
      "expected POST to have been requested once, but 2 of 3 requests match:",
    );
  });

  test("keeps integers past 2^53 exact", async ({ env }) => {
    await send(env, ["POST", "http://shop.example/", "9007199254740993"]);
    expect(env).toHaveRequested({ body: 9_007_199_254_740_993n });
    expect(env).not.toHaveRequested({ body: 9_007_199_254_740_992 });
  });

  test("compares a body that isn't JSON as text", async ({ env }) => {
    await send(env, ["POST", "http://shop.example/", "seven"]);
    expect(env).not.toHaveRequested({ body: { id: 7 } });
    expect(env).toHaveRequested({ body: expect.stringContaining("seven") });
  });

  test("lists what was requested instead", async ({ env }) => {
    await send(
      env,
      ["GET", "http://shop.example/"],
      ["POST", "http://shop.example/\u202Ea", '{"id":8}'],
    );
    const expected = { method: "POST", url: "http://shop.example/:path", body: { id: 7 } };
    expect(() => expect(env).toHaveRequested(expected)).toThrow(
      [
        'expected POST http://shop.example/:path with the body {"id": 7} to have been requested, but 0 of 2 requests match:',
        "  1. GET http://shop.example/  (other method, url, body)",
        '  2. POST http://shop.example/\\u202ea {"id":8}  (other body)',
      ].join("\n"),
    );
  });

  test("shows a diff with the closest request, and only that one", async ({ env }) => {
    await send(
      env,
      ["GET", "http://shop.example/"],
      ["POST", "http://shop.example/orders", '{"id":8}'],
    );
    const expected = { method: "POST", url: /orders/, body: { id: 7 } };
    expect(() => expect(env).toHaveRequested(expected)).toThrow(
      expect.objectContaining({
        expected: { method: "POST", url: /orders/, body: { id: 7 } },
        actual: { method: "POST", url: /orders/, body: { id: 8 } },
      }),
    );
  });

  test("says if there was none", ({ env }) => {
    expect(env).not.toHaveRequested();
    expect(() => expect(env).toHaveRequested({ url: "http://shop.example/" })).toThrow(
      "expected a request to http://shop.example/ to have been requested, but there was no request",
    );
  });

  test("lists many requests up to a limit", async ({ env }) => {
    const urls = Array.from({ length: 25 }, (_, index) => `http://shop.example/${index}`);
    const module = await env.deploy(conformance);
    await (await module.start("http_sequence", { urls })).response();
    expect(() => expect(env).toHaveRequested({ method: "PUT" })).toThrow(
      /20\. .*\n {2}… and 5 requests more$/,
    );
  });

  test.for<[string, unknown]>([
    ["header", { header: "x" }],
    ["times", { times: -1 }],
    ["method", { method: 7 }],
    ["url", { url: new URL("http://shop.example/") }],
  ])("refuses an invalid %s", ([what, expected], { env }) => {
    expect(() => expect(env).not.toHaveRequested(expected as RequestExpectation)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_INVALID_OPTION",
        message: expect.stringContaining(what),
      }),
    );
  });

  test("is for environments only", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("noop");
    expectTypeOf(expect(run).toHaveRequested).toEqualTypeOf<never>();
    const matching = (): void => expect(run as unknown as TestEnvironment).toHaveRequested();
    expect(matching).toThrow("needs a TestEnvironment, but got an object of class TestRun");
  });
});
