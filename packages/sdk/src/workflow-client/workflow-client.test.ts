import { defineContract, type } from "@flawless-ts/wasm-module";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { WorkflowHandle } from "../client/index.ts";
import { Flawless } from "../flawless.ts";
import { FakeServer, unusedUrl } from "../testing/fake-server.ts";
import {
  completedWorkflow,
  goodHealth,
  originalServer,
  refusal,
  runningDetails,
  runningWorkflow,
} from "../testing/server-answers.ts";
import { type BaseClient, checked, FlawlessError, WorkflowClient } from "./index.ts";

const started = { status: 202, json: { ok: { id: "wkf_1", response: null } } };
const again = { json: { ok: { ...runningWorkflow, id: "wkf_2" } } };
const url = "http://127.0.0.1:1";

function clientOf(server: { readonly url: string }): WorkflowClient {
  return new WorkflowClient({ url: server.url, token: "a-token", sleep: async () => undefined });
}

const shop = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: {
    checkout: {
      input: v.object({
        order: v.pipe(v.number(), v.integer()),
        gift: v.optional(v.boolean(), false),
      }),
      response: v.pipe(v.string(), v.transform(Number)),
      messages: { approve: type<{ readonly by: string }>() },
    },
  },
});

describe("WorkflowClient", () => {
  test("starts a workflow, sends it messages and reads its result", async () => {
    const ok = { ...completedWorkflow, response: '{"paid":9007199254740993}' };
    await using server = await FakeServer.start({
      ...goodHealth,
      "POST /api/workflow/start": started,
      "POST /api/workflow/send-msg/wkf_1": { json: "ok" },
      "GET /api/workflows/wkf_1/wait": { json: { ok } },
    });
    await using client = clientOf(server);
    expect(client.url).toBe(server.url);
    const run = await client.module("shop", "1.0.0").start("checkout", { order: 2n ** 63n });
    await run.send("approve", { by: "Ann" });
    expect(await run.result()).toEqual({ paid: 9007199254740993n });
    expect(await run.response()).toEqual({ paid: 9007199254740993n });
    expect(await run.completion()).toEqual({ status: "completed" });
    const [start] = server.seen("POST /api/workflow/start");
    expect(start?.headers.authorization).toBe("Bearer a-token");
    expect(JSON.parse(String(start?.body))).toEqual({
      module: "shop",
      version: "1.0.0",
      workflow: "checkout",
      input: '{"order":9223372036854775808}',
    });
  });

  test("does everything else with a workflow that Flawless does", async () => {
    const route = "/api/workflows/wkf_1";
    const head = { ...runningDetails, input: "1", steps: [] };
    await using server = await FakeServer.start({
      ...goodHealth,
      "POST /api/workflow/start": { json: { ok: { id: "wkf_1", response: "3" } } },
      [`GET ${route}`]: { json: { ok: runningDetails } },
      [`GET ${route}/state`]: { json: { ok: { state: '"packing"' } } },
      [`GET ${route}/journal`]: { json: { ok: head } },
      [`GET ${route}/history`]: { json: { ok: head } },
      [`POST ${route}/updates`]: { json: { ok: { status: "answered", key: "k", value: "2" } } },
      [`POST ${route}/cancel`]: { json: { ok: runningWorkflow } },
      [`POST ${route}/terminate`]: { json: { ok: { ...runningWorkflow, status: "cancelled" } } },
      [`POST ${route}/restart`]: again,
      [`POST ${route}/fork`]: again,
    });
    await using client = clientOf(server);
    expect(await client.module("shop", "1.0.0").execute("checkout", null)).toBe(3);
    const run = client.workflow("wkf_1");
    expect(await run.info()).toEqual(runningDetails);
    expect(await run.state()).toBe("packing");
    expect(await run.update("add", { sku: 1n })).toBe(2);
    expect((await run.journal()).steps).toEqual([]);
    expect((await run.history()).steps).toEqual([]);
    expect((await run.cancel()).status).toBe("running");
    expect((await run.terminate()).status).toBe("cancelled");
    expect((await run.restart()).id).toBe("wkf_2");
    expect((await run.fork({ fromStep: 1 })).id).toBe("wkf_2");
  });

  test("checks values by a contract, and converts them", async () => {
    const wait = "GET /api/workflows/wkf_1/wait";
    await using server = await FakeServer.start({
      ...goodHealth,
      "POST /api/workflow/start": started,
      [wait]: { json: { ok: { ...completedWorkflow, response: '"7"' } } },
    });
    await using client = clientOf(server);
    const module = client.module(checked(shop));
    const run = await module.start("checkout", { order: 7 });
    expectTypeOf(run).toEqualTypeOf<WorkflowHandle<typeof shop, "checkout">>();
    expect(await run.response()).toBe(7);
    const [start] = server.seen("POST /api/workflow/start");
    expect(JSON.parse(String(start?.body))).toMatchObject({ input: '{"order":7,"gift":false}' });
    await expect(module.start("checkout", { order: 0.5 })).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
    });
    // Flawless takes it, too, for functions that get either client.
    await using flawless = new Flawless({ url: server.url });
    const both: readonly BaseClient[] = [client, flawless];
    for (const one of both) {
      expect(await one.module(checked(shop)).workflow("checkout", "wkf_1").response()).toBe(7);
    }
  });

  test("refuses a contract without its checks, and says what to pass", async () => {
    await using client = new WorkflowClient({ url });
    const checks: unknown = checked(null as never);
    for (const wrong of [shop, null, undefined, 5, { contract: shop }, checks]) {
      expect(() => client.module(wrong as never)).toThrow(
        expect.objectContaining({
          code: "FLAWLESS_INVALID_OPTION",
          option: "contract",
          message: expect.stringContaining("`checked(contract)`"),
        }),
      );
    }
    // @ts-expect-error The compiler refuses it, too.
    expect(() => client.module(shop)).toThrow();
  });

  test.each([
    [{ url, ca: "" }, "ca", "there is no such option"],
    [{ url, dispatcher: {} }, "dispatcher", "there is no such option"],
    [{ url, timeout: 5 }, "timeout", "Did you mean `timeoutMs`?"],
    [{ url, retry: { attempts: 0 } }, "retry.attempts", "at least 1"],
    [{ url, fetch: "no" }, "fetch", "expected a function"],
    [{ url, sleep: 5 }, "sleep", "expected a function, but got 5"],
    [{ url, random: 0.5 }, "random", "expected a function"],
    [{ url: 5 }, "url", "this isn't one"],
    [{ url: {} }, "url", "this isn't one"],
    [{ url, token: "two words" }, "token", "visible ASCII"],
    [{ url: "iroh+h3://endpointabc/" }, "url", "expected http: or https:, but got iroh+h3:"],
    [{}, "url", "but got undefined"],
    [undefined, "options", "but got undefined"],
  ])("refuses the options %j", (options, option, reason) => {
    expect(() => new WorkflowClient(options as never)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_INVALID_OPTION",
        option,
        message: expect.stringContaining(reason),
      }),
    );
  });

  test("sends everything with the given fetch", async () => {
    const asked: string[] = [];
    await using client = new WorkflowClient({
      url: "http://a.test",
      fetch: async (address) => {
        asked.push(address);
        return Response.json({ ok: runningDetails });
      },
    });
    expect((await client.workflow("wkf_1").info()).status).toBe("running");
    expect(asked).toEqual(["http://a.test/api/workflows/wkf_1"]);
  });

  test("turns to another node, and repeats what is harmless", async () => {
    await using server = await FakeServer.start({
      "GET /api/workflows/wkf_1": [
        refusal(503, "CLOSED", "soon"),
        { json: { ok: runningDetails } },
      ],
    });
    await using client = new WorkflowClient({
      url: [await unusedUrl(), server.url],
      sleep: async () => undefined,
    });
    expect((await client.workflow("wkf_1").info()).status).toBe("running");
    expect(server.requests).toHaveLength(2);
  });

  test("fails with the same errors", async () => {
    await using server = await FakeServer.start({
      "GET /api/workflows/wkf_1": refusal(404, "WORKFLOW_NOT_FOUND", "no such workflow"),
    });
    await using original = await FakeServer.start(originalServer);
    const codeOf = async (client: BaseClient): Promise<string> => {
      const error: unknown = await client
        .workflow("wkf_1")
        .info()
        .catch((thrown: unknown) => thrown);
      return FlawlessError.is(error) ? error.code : String(error);
    };
    await using working = clientOf(server);
    await using old = clientOf(original);
    const closed = new WorkflowClient({ url });
    await closed.close();
    await using dead = new WorkflowClient({ url: await unusedUrl(), retry: false });
    expect(await codeOf(working)).toBe("FLAWLESS_NOT_FOUND");
    expect(await codeOf(old)).toBe("FLAWLESS_NOT_SUPPORTED_BY_SERVER");
    expect(await codeOf(closed)).toBe("FLAWLESS_CLIENT_CLOSED");
    expect(await codeOf(dead)).toBe("FLAWLESS_CONNECTION_FAILED");
  });
});
