import { defineContract, type, type UntypedContract } from "@flawless-ts/wasm-module";
import { MockAgent } from "undici";
import { describe, expect, expectTypeOf, test } from "vitest";
import { clientOf } from "../testing/client-of.ts";
import { FakeServer, type FakeAnswer, type FakeRoutes } from "../testing/fake-server.ts";
import type { ThrownError } from "../connection/types.ts";
import {
  completedWorkflow,
  goodHealth,
  originalServer,
  refusal,
} from "../testing/server-answers.ts";
import type { DeployedModule } from "./deployed-module.ts";
import type { WorkflowHandle } from "./workflow-handle.ts";

/** The server's description of a running workflow. */
const workflowInfoExample = {
  id: "wkf_1",
  module: "m",
  version: "1",
  moduleHash: "ab",
  workflow: "w",
  status: "running",
  waiting: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  endedAt: null,
  response: null,
  error: null,
  parent: null,
  cancelBy: null,
  run: 1,
};

const startRoute = "POST /api/workflow/start";

function started(response: string | null, id = "wkf_1"): FakeAnswer {
  return { json: { ok: { id, response } } };
}

/** The start requests, as parsed by the server. */
function starts(server: FakeServer): readonly unknown[] {
  return server.seen(startRoute).map(({ body }) => JSON.parse(body.toString()) as unknown);
}

const shop = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: {
    checkout: {
      input: type<{ readonly order: number }>(),
      response: type<{ readonly receipt: string }>(),
    },
    nightly: {},
    optional: { input: type<{ readonly dry: boolean } | undefined>() },
  },
});

describe("execute", () => {
  test("sends names and the input's JSON text, and returns id and response", async () => {
    await using server = await FakeServer.start({ [startRoute]: started('{"receipt":"r7"}') });
    await using flawless = clientOf(server);
    const executed = await flawless.module(shop).executeWithHandle("checkout", { order: 7 });
    expect(executed).toMatchObject({
      workflow: { id: "wkf_1", workflow: "checkout" },
      responded: true,
      response: { receipt: "r7" },
    });
    expect(starts(server)).toEqual([
      { module: "shop", version: "1.0.0", workflow: "checkout", input: '{"order":7}' },
    ]);
    expect(server.requests[0]?.headers).toMatchObject({ "content-type": "application/json" });
    expect(server.requests[0]?.headers).not.toHaveProperty("idempotency-key");
    expect(server.requests[0]?.headers).not.toHaveProperty("prefer");
  });

  test("sends null for a workflow without input, and returns null for one without response", async () => {
    await using server = await FakeServer.start({
      [startRoute]: [started(null), started('"what the contract does not tell of"')],
    });
    await using flawless = clientOf(server);
    const module = flawless.module(shop);
    expect(await module.executeWithHandle("nightly")).toMatchObject({
      responded: false,
      response: null,
    });
    expect(await module.executeWithHandle("optional")).toMatchObject({
      responded: true,
      response: null,
    });
    expect(starts(server)).toMatchObject([{ input: "null" }, { input: "null" }]);
  });

  test("without a contract, accepts and returns anything", async () => {
    await using server = await FakeServer.start({ [startRoute]: started("[1,2]") });
    await using flawless = clientOf(server);
    const response = await flawless
      .module("crawler", "0.1.8")
      .execute("start", { id: 2n ** 64n - 1n, url: "x" });
    expect(response).toEqual([1, 2]);
    expect(starts(server)).toEqual([
      {
        module: "crawler",
        version: "0.1.8",
        workflow: "start",
        input: '{"id":18446744073709551615,"url":"x"}',
      },
    ]);
  });

  test("reads big integers exactly", async () => {
    const text = "[9223372036854775807]";
    await using server = await FakeServer.start({ [startRoute]: started(text) });
    await using flawless = clientOf(server);
    expect(await flawless.module("m", "1").execute("w")).toEqual([9223372036854775807n]);
  });

  test("refuses what can't be sent before any request", async () => {
    await using server = await FakeServer.start({ [startRoute]: started(null) });
    await using flawless = clientOf(server);
    const module = flawless.module("m", "1");
    await expect(module.execute("w", { run: () => 1 })).rejects.toMatchObject({
      code: "FLAWLESS_NOT_JSON",
      path: "$.run",
    });
    await expect(module.execute("")).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
      option: "workflow",
    });
    await expect(module.execute("w", null, { timeoutMs: Number.NaN })).rejects.toMatchObject({
      option: "timeoutMs",
    });
    for (const requestId of ["", "two words", "k".repeat(129), "é"]) {
      await expect(module.execute("w", null, { requestId })).rejects.toMatchObject({
        option: "requestId",
      });
    }
    for (const idempotencyKey of ["", "two words", "k".repeat(256), "é"]) {
      await expect(module.execute("w", null, { idempotencyKey })).rejects.toMatchObject({
        option: "idempotencyKey",
      });
    }
    await expect(
      flawless.module(shop).execute("nightly", 1 as unknown as null),
    ).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      direction: "input",
    });
    await expect(flawless.module(shop).execute("missing" as "nightly")).rejects.toMatchObject({
      direction: "input",
      workflow: "missing",
    });
    expect(server.requests).toHaveLength(0);
  });

  test("the error for a response that isn't JSON has workflow, id and text", async () => {
    await using server = await FakeServer.start({ [startRoute]: started("not JSON") });
    await using flawless = clientOf(server);
    await expect(flawless.module("m", "1").execute("w")).rejects.toMatchObject({
      code: "FLAWLESS_UNEXPECTED_ANSWER",
      bodyStart: "not JSON",
      message: 'Expected JSON, but the workflow "w" (wkf_1) responded with "not JSON".',
    });
  });

  test.each([
    [refusal(404, "MODULE_NOT_FOUND", "no module"), "NotFoundError"],
    [refusal(422, "WORKFLOW_FAILED", "panicked at 'no'", "wkf_5"), "WorkflowFailedError"],
    [refusal(409, "WORKFLOW_CANCELLED", "cancelled"), "WorkflowCancelledError"],
    [refusal(409, "IDEMPOTENCY_CONFLICT", "another input"), "ConflictError"],
    [{ json: { error: "workflow panicked" } }, "ServerRefusedError"],
  ])("%j is a %s", async (answer, tag) => {
    await using server = await FakeServer.start({ [startRoute]: answer });
    await using flawless = clientOf(server);
    await expect(flawless.module("m", "1").execute("w")).rejects.toMatchObject({
      _tag: tag,
      serverMessage: answer.json.error,
      message: expect.stringContaining(answer.json.error),
    });
  });
});

describe("a workflow that failed with an error", () => {
  const reset = { name: "Error", message: "reset", stack: null, cause: null, errors: [] };
  const thrown: ThrownError = {
    name: "CardDeclined",
    message: "declined",
    stack: "CardDeclined: declined\n    at charge (orders.ts:12:3)",
    cause: { ...reset, name: "AggregateError", message: "both", errors: [reset, reset] },
    errors: [],
  };
  const error = { code: "THROWN", message: "CardDeclined: declined", thrown };
  const failed = { json: { ok: { ...completedWorkflow, status: "failed", error } } };
  const told = expect.objectContaining({
    name: "CardDeclined",
    message: "declined",
    stack: thrown.stack,
    cause: expect.objectContaining({
      name: "AggregateError",
      message: "both",
      errors: [expect.any(Error), expect.any(Error)],
    }),
  });

  test("has it as the cause, with its own causes", async () => {
    await using server = await FakeServer.start({
      ...goodHealth,
      [startRoute]: refusal(422, "WORKFLOW_FAILED", error.message, "wkf_1"),
      "GET /api/workflows/wkf_1": failed,
      "GET /api/workflows/wkf_1/wait": failed,
    });
    await using flawless = clientOf(server);
    const module = flawless.module("shop", "1.0.0");
    for (const ask of [
      () => module.execute("checkout"),
      () => flawless.workflow("wkf_1").response(),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        _tag: "WorkflowFailedError",
        workflowId: "wkf_1",
        serverMessage: error.message,
        cause: told,
      });
    }
    expect(await flawless.workflow("wkf_1").completion()).toEqual({ status: "failed", error });
  });

  test("is reported without it if it can't be read any more", async () => {
    await using server = await FakeServer.start({
      [startRoute]: refusal(422, "WORKFLOW_FAILED", error.message, "wkf_1"),
      "GET /api/workflows/wkf_1": refusal(404, "WORKFLOW_NOT_FOUND", "gone"),
    });
    await using flawless = clientOf(server);
    const refused: unknown = await flawless
      .module("shop", "1.0.0")
      .execute("checkout")
      .catch((reason: unknown) => reason);
    expect(refused).toMatchObject({ _tag: "WorkflowFailedError", workflowId: "wkf_1" });
    expect(refused).not.toHaveProperty("cause");
  });
});

describe("retrying a start", () => {
  const broken: readonly (readonly [string, FakeAnswer])[] = [
    ["a broken connection", "hang up"],
    ["a broken answer", "break off"],
    ["503", refusal(503, "CLOSED", "closing")],
  ];

  test.each(broken)("is not done after %s", async (_what, answer) => {
    await using server = await FakeServer.start({ [startRoute]: [answer, started(null)] });
    await using flawless = clientOf(server);
    await expect(flawless.module("m", "1").execute("w")).rejects.toThrow();
    expect(starts(server)).toHaveLength(1);
  });

  test.each(broken)("with a key, is done after %s", async (_what, answer) => {
    await using server = await FakeServer.start({
      ...goodHealth,
      [startRoute]: [answer, started("1")],
    });
    await using flawless = clientOf(server);
    const response = await flawless
      .module("m", "1")
      .execute("w", null, { idempotencyKey: "order-7" });
    expect(response).toBe(1);
    expect(server.seen(startRoute).map(({ headers }) => headers["idempotency-key"])).toEqual([
      "order-7",
      "order-7",
    ]);
  });

  test("is done while nothing listens", async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const pool = agent.get("http://flawless.test");
    const refused = Object.assign(new Error("connect ECONNREFUSED"), {
      code: "ECONNREFUSED",
      syscall: "connect",
    });
    pool
      .intercept({ path: "/api/workflow/start", method: "POST" })
      .replyWithError(refused)
      .times(2);
    pool
      .intercept({ path: "/api/workflow/start", method: "POST" })
      .reply(200, { ok: { id: "wkf_1", response: null } });
    await using flawless = clientOf({ url: "http://flawless.test" }, { dispatcher: agent });
    expect(await flawless.module("m", "1").execute("w")).toBeNull();
    agent.assertNoPendingInterceptors();
    await agent.close();
  });

  test("a key is refused if the server doesn't support it, and nothing is started", async () => {
    await using server = await FakeServer.start({ ...originalServer, [startRoute]: started(null) });
    await using flawless = clientOf(server);
    await expect(
      flawless.module("m", "1").execute("w", null, { idempotencyKey: "order-7" }),
    ).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
      feature: "idempotency keys",
    });
    expect(starts(server)).toHaveLength(0);
  });

  test("whether the server supports keys is checked once", async () => {
    await using server = await FakeServer.start({ ...goodHealth, [startRoute]: started(null) });
    await using flawless = clientOf(server);
    const module = flawless.module("m", "1");
    await module.execute("w", null, { idempotencyKey: "1" });
    await module.execute("w", null, { idempotencyKey: "2" });
    expect(server.seen("GET /health")).toHaveLength(1);
  });
});

test("a request's id is passed on, even to the original server", async () => {
  await using server = await FakeServer.start({
    ...originalServer,
    "POST /api/workflow/start": { json: { ok: { id: "wkf_1", response: null } } },
  });
  await using flawless = clientOf(server);
  await flawless.module("m", "1").execute("w", null, { requestId: "job-7" });
  expect(server.requests.map(({ headers }) => headers["x-request-id"])).toEqual(["job-7"]);
});

describe("start", () => {
  const accepted: FakeAnswer = { status: 202, json: { ok: { id: "wkf_1", response: null } } };
  const waitRoute = "GET /api/workflows/wkf_1/wait";
  const asked = (server: FakeServer): readonly string[] =>
    server.requests.filter(({ path }) => path.includes("/wait")).map(({ path }) => path);

  function info(changed: object): FakeAnswer {
    return { json: { ok: { ...workflowInfoExample, ...changed } } };
  }

  test("doesn't wait, and returns a handle", async () => {
    await using server = await FakeServer.start({ ...goodHealth, [startRoute]: accepted });
    await using flawless = clientOf(server);
    const workflow = await flawless.module(shop).start("checkout", { order: 7 });
    expect(workflow).toMatchObject({ id: "wkf_1", workflow: "checkout" });
    expect(server.seen(startRoute)[0]?.headers["prefer"]).toBe("respond-async");
    expect(asked(server)).toEqual([]);
  });

  test("the handle polls until there is a response, checks it, and can return it again", async () => {
    await using server = await FakeServer.start({
      ...goodHealth,
      [startRoute]: accepted,
      [waitRoute]: [info({}), info({ response: '{"receipt":"r7"}' })],
    });
    await using flawless = clientOf(server);
    const workflow = await flawless.module(shop).start("checkout", { order: 7 });
    expect(await workflow.response()).toEqual({ receipt: "r7" });
    expect(await workflow.response()).toEqual({ receipt: "r7" });
    expect(asked(server)).toEqual(
      Array.from({ length: 3 }, () => "/api/workflows/wkf_1/wait?timeout_ms=25000&until=response"),
    );
  });

  test.each([
    [{ status: "completed" }, null],
    [{ status: "failed", response: "1" }, 1],
  ])("%j responds with %j", async (changed, response) => {
    await using server = await FakeServer.start({ ...goodHealth, [waitRoute]: info(changed) });
    await using flawless = clientOf(server);
    expect(await flawless.workflow("wkf_1").response()).toBe(response);
  });

  test.each([
    [{ status: "failed", error: { code: "PANIC", message: "no" } }, "WorkflowFailedError", "no"],
    [{ status: "cancelled" }, "WorkflowCancelledError", "was cancelled before it responded"],
  ])("%j before the response is a %s", async (changed, tag, text) => {
    await using server = await FakeServer.start({ ...goodHealth, [waitRoute]: info(changed) });
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").response()).rejects.toMatchObject({
      _tag: tag,
      workflowId: "wkf_1",
      message: expect.stringContaining(text),
    });
  });

  test("is refused if the server can't start without waiting: the error suggests `execute`", async () => {
    await using server = await FakeServer.start({ ...originalServer, [startRoute]: started(null) });
    await using flawless = clientOf(server);
    await expect(flawless.module("m", "1").start("w", null)).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
      message: expect.stringContaining("`execute`"),
    });
    expect(starts(server)).toHaveLength(0);
    expect(await flawless.module("m", "1").execute("w", null)).toBeNull();
  });
});

describe("how long a start may take", () => {
  const silent: FakeRoutes = { [startRoute]: "stay silent" };

  test.each([
    [{}, { timeoutMs: 20 }],
    [{ timeoutMs: 20 }, {}],
  ])("client %j, call %j", async (clientOptions, callOptions) => {
    await using server = await FakeServer.start(silent);
    await using flawless = clientOf(server, clientOptions);
    await expect(flawless.module("m", "1").execute("w", null, callOptions)).rejects.toMatchObject({
      code: "FLAWLESS_TIMEOUT",
      message: expect.stringMatching(/^Executing the workflow "w" of m 1 at .*20 ms\. .*`start`/),
    });
  });

  test("ends by its signal", async () => {
    const controller = new AbortController();
    await using server = await FakeServer.start({
      [startRoute]: () => {
        controller.abort();
        return "stay silent";
      },
    });
    await using flawless = clientOf(server);
    await expect(
      flawless.module("m", "1").execute("w", null, { signal: controller.signal }),
    ).rejects.toMatchObject({
      code: "FLAWLESS_ABORTED",
    });
  });
});

test("the types of a start follow the contract", () => {
  type Shop = DeployedModule<typeof shop>;
  const check = async (module: Shop, untyped: DeployedModule): Promise<void> => {
    expectTypeOf(await module.start("checkout", { order: 1 })).toEqualTypeOf<
      WorkflowHandle<typeof shop, "checkout">
    >();
    expectTypeOf(await module.execute("checkout", { order: 1 })).toEqualTypeOf<{
      readonly receipt: string;
    }>();
    expectTypeOf(await module.execute("nightly")).toEqualTypeOf<null>();
    await module.start("nightly", undefined, { idempotencyKey: "k" });
    await module.start("optional");
    await module.start("optional", { dry: true });
    // @ts-expect-error the input is missing
    await module.start("checkout");
    // @ts-expect-error the input is wrong
    await module.start("checkout", { order: "1" });
    // @ts-expect-error there is no such workflow
    await module.start("refund");
    // @ts-expect-error it takes no input
    await module.start("nightly", 1);
    expectTypeOf(await untyped.execute("any", { thing: 1 })).toEqualTypeOf<unknown>();
    expectTypeOf(await untyped.start("any")).toEqualTypeOf<
      WorkflowHandle<UntypedContract, "any">
    >();
  };
  expect(check).toBeTypeOf("function");
});
