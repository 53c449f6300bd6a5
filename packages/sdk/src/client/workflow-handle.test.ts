import { defineContract, type } from "@flawless-ts/wasm-module";
import { Agent } from "undici";
import { describe, expect, expectTypeOf, test } from "vitest";
import { clientOf } from "../testing/client-of.ts";
import { FakeServer, type FakeAnswer } from "../testing/fake-server.ts";
import {
  completedWorkflow,
  refusal,
  runningDetails,
  runningWorkflow,
} from "../testing/server-answers.ts";
import { z } from "zod";
import type { WorkflowHandle } from "./workflow-handle.ts";

const sendRoute = "POST /api/workflow/send-msg/wkf_1";
const acknowledged: FakeAnswer = { text: '"ok"' };

const shop = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: {
    checkout: { messages: { approve: type<{ readonly by: string }>(), ping: type<undefined>() } },
    nightly: {},
  },
});

test("an id is percent-encoded, and may not be empty", async () => {
  await using server = await FakeServer.start({});
  await using flawless = clientOf(server);
  await expect(flawless.workflow("../a b?c").info()).rejects.toMatchObject({
    code: "FLAWLESS_NOT_FOUND",
  });
  expect(server.requests[0]?.path).toBe("/api/workflows/..%2Fa%20b%3Fc");
  expect(() => flawless.workflow("")).toThrow(expect.objectContaining({ option: "id" }));
});

describe("send", () => {
  test("sends type and data's JSON text", async () => {
    await using server = await FakeServer.start({ [sendRoute]: acknowledged });
    await using flawless = clientOf(server);
    const run = flawless.module(shop).workflow("checkout", "wkf_1");
    await run.send("approve", { by: "me" });
    await run.send("ping");
    await flawless.workflow("wkf_1").send("anything", [1n]);
    expect(server.requests.map(({ body }) => body.toString())).toEqual([
      '{"type":"approve","data":"{\\"by\\":\\"me\\"}"}',
      '{"type":"ping","data":"null"}',
      '{"type":"anything","data":"[1]"}',
    ]);
  });

  test.each<FakeAnswer>(["hang up", "break off", { status: 503, text: "" }])(
    "is never sent twice: %j",
    async (answer) => {
      await using server = await FakeServer.start({ [sendRoute]: [answer, acknowledged] });
      await using flawless = clientOf(server);
      await expect(flawless.workflow("wkf_1").send("approve")).rejects.toThrow();
      expect(server.requests).toHaveLength(1);
    },
  );

  test("refuses what violates the contract before any request", async () => {
    await using server = await FakeServer.start({});
    await using flawless = clientOf(server);
    const run = flawless.module(shop).workflow("nightly", "wkf_1");
    await expect(run.send("approve" as never, undefined as never)).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      direction: "message",
      workflowId: "wkf_1",
    });
    await expect(flawless.workflow("wkf_1").send("")).rejects.toMatchObject({ option: "type" });
    await expect(flawless.workflow("wkf_1").send("m", Number.NaN)).rejects.toMatchObject({
      code: "FLAWLESS_NOT_JSON",
    });
    expect(server.requests).toHaveLength(0);
  });

  test("reports that the workflow has ended", async () => {
    await using server = await FakeServer.start({
      [sendRoute]: refusal(409, "WORKFLOW_ENDED", "ended"),
    });
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").send("approve")).rejects.toMatchObject({
      code: "FLAWLESS_CONFLICT",
    });
  });

  test("its types follow the contract", () => {
    const check = async (
      run: WorkflowHandle<typeof shop, "checkout">,
      untyped: WorkflowHandle,
    ): Promise<void> => {
      expectTypeOf(await run.send("approve", { by: "me" })).toEqualTypeOf<void>();
      await run.send("ping");
      // @ts-expect-error the data is missing
      await run.send("approve");
      // @ts-expect-error the data is wrong
      await run.send("approve", { by: 1 });
      // @ts-expect-error there is no such message
      await run.send("refuse");
      await untyped.send("anything", { at: "all" });
      await untyped.send("anything");
    };
    expect(check).toBeTypeOf("function");
  });
});

describe("status", () => {
  test("returns the workflow's status", async () => {
    await using server = await FakeServer.start({
      "GET /api/workflows/wkf_1": { json: { ok: runningDetails } },
    });
    await using flawless = clientOf(server);
    expect(await flawless.workflow("wkf_1").info()).toEqual(runningDetails);
  });
});

describe("journal", () => {
  test("keeps the integers of calls and answers exact", async () => {
    const steps =
      '{"step":1,"at":"2026-01-01T00:00:00.000Z","answeredAt":"2026-01-01T00:00:00.001Z","call":{"Random":{"I64":false}},"answer":{"Value":{"I64":-9223372036854775808}}},' +
      '{"step":2,"at":"2026-01-01T00:00:00.002Z","answeredAt":null,"call":{"Sleep":{"secs":18446744073709551615,"nanos":0}},"answer":null}';
    const text = `{"ok":{"id":"wkf_1","module":"shop","version":"1.0.0","moduleHash":"ab","workflow":"checkout","run":1,"input":"null","status":"running","error":null,"steps":[${steps}]}}`;
    await using server = await FakeServer.start({ "GET /api/workflows/wkf_1/journal": { text } });
    await using flawless = clientOf(server);
    const journal = await flawless.workflow("wkf_1").journal();
    expect(journal).toMatchObject({ id: "wkf_1", input: "null", status: "running", error: null });
    expect(journal.steps).toEqual([
      {
        step: 1,
        at: "2026-01-01T00:00:00.000Z",
        answeredAt: "2026-01-01T00:00:00.001Z",
        call: { Random: { I64: false } },
        answer: { Value: { I64: -9223372036854775808n } },
      },
      {
        step: 2,
        at: "2026-01-01T00:00:00.002Z",
        answeredAt: null,
        call: { Sleep: { secs: 18446744073709551615n, nanos: 0 } },
        answer: null,
      },
    ]);
  });
});

describe("cancel", () => {
  const route = "POST /api/workflows/wkf_1/cancel";
  const cancelled = { ...completedWorkflow, status: "cancelled" } as const;

  test("returns the status afterwards", async () => {
    await using server = await FakeServer.start({ [route]: { json: { ok: cancelled } } });
    await using flawless = clientOf(server);
    expect(await flawless.workflow("wkf_1").cancel()).toEqual(cancelled);
  });

  test("is requested once", async () => {
    await using server = await FakeServer.start({
      [route]: ["hang up", { json: { ok: cancelled } }],
    });
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").cancel()).rejects.toMatchObject({
      code: "FLAWLESS_CONNECTION_FAILED",
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe("terminate", () => {
  const cancelled = { ...completedWorkflow, status: "cancelled" } as const;

  test("returns the status afterwards, also for a whole tree", async () => {
    await using server = await FakeServer.start({
      "POST /api/workflows/wkf_1/terminate": { json: { ok: cancelled } },
      "POST /api/workflows/wkf_1/terminate?tree=true": { json: { ok: cancelled } },
    });
    await using flawless = clientOf(server);
    const run = flawless.workflow("wkf_1");
    expect(await run.terminate()).toEqual(cancelled);
    expect(await run.terminate({ tree: true })).toEqual(cancelled);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/api/workflows/wkf_1/terminate",
      "/api/workflows/wkf_1/terminate?tree=true",
    ]);
  });
});

describe("result", () => {
  const priced = defineContract({
    name: "shop",
    version: "1.0.0",
    workflows: { price: { input: type<null>(), response: type<{ readonly cents: number }>() } },
  });
  const waiting = (end: object): FakeAnswer => ({ json: { ok: { ...completedWorkflow, ...end } } });

  test("is its response, once it has ended, typed and by its key", async () => {
    const early = { json: { ok: { ...runningWorkflow, response: '{"cents":1}' } } };
    await using server = await FakeServer.start({
      "GET /api/workflows/key%3Aorder-7/wait": [early, waiting({ response: '{"cents":1}' })],
    });
    await using flawless = clientOf(server, { sleep: async () => undefined });
    const result = await flawless.module(priced).workflow("price", { key: "order-7" }).result();
    expectTypeOf(result).toEqualTypeOf<{ readonly cents: number }>();
    expect(result).toEqual({ cents: 1 });
    expect(server.requests.map(({ path }) => path)).toEqual(
      Array(2).fill("/api/workflows/key%3Aorder-7/wait?timeout_ms=25000"),
    );
  });

  test("is checked by the contract", async () => {
    const strict = defineContract({
      name: "shop",
      version: "1.0.0",
      workflows: { price: { response: z.object({ cents: z.number() }) } },
    });
    await using server = await FakeServer.start({
      "GET /api/workflows/wkf_1/wait": waiting({ response: '{"cents":"one"}' }),
    });
    await using flawless = clientOf(server);
    const run = flawless.module(strict).workflow("price", "wkf_1");
    await expect(run.result()).rejects.toMatchObject({ code: "FLAWLESS_CONTRACT_BROKEN" });
  });

  test("otherwise is how it ended, even if it had responded, and null without a response", async () => {
    const error = { code: "PANIC", message: "index out of bounds" };
    await using server = await FakeServer.start({
      "GET /api/workflows/wkf_1/wait": [
        waiting({ status: "failed", error, response: "1" }),
        waiting({ status: "cancelled", response: "1" }),
        waiting({}),
      ],
    });
    await using flawless = clientOf(server);
    const run = flawless.workflow("wkf_1");
    await expect(run.result()).rejects.toMatchObject({
      code: "FLAWLESS_WORKFLOW_FAILED",
      message: expect.stringMatching(/^The workflow failed: /),
    });
    await expect(run.result()).rejects.toMatchObject({
      code: "FLAWLESS_WORKFLOW_CANCELLED",
      message: "Workflow wkf_1 was cancelled.",
    });
    expect(await run.result()).toBeNull();
  });
});

describe("completion", () => {
  const route = "GET /api/workflows/wkf_1/wait";
  const running: FakeAnswer = { json: { ok: runningWorkflow } };

  test("polls until the workflow has ended, with a pause after each response", async () => {
    await using server = await FakeServer.start({
      [route]: [running, "hang up", running, { json: { ok: completedWorkflow } }],
    });
    const pauses: number[] = [];
    const limits: unknown[] = [];
    const agent = new Agent().compose((dispatch) => (options, handler) => {
      limits.push(options.headersTimeout);
      return dispatch(options, handler);
    });
    await using flawless = clientOf(server, {
      sleep: async (milliseconds) => void pauses.push(milliseconds),
      random: () => 0,
      dispatcher: agent,
    });
    expect(await flawless.workflow("wkf_1").completion()).toEqual({ status: "completed" });
    expect(server.requests.map(({ path }) => path)).toEqual(
      Array(4).fill("/api/workflows/wkf_1/wait?timeout_ms=25000"),
    );
    // The middle one is the retry's.
    expect(pauses).toEqual([100, 50, 100]);
    // A server that is silent for longer has gone away without notice.
    expect(limits).toEqual(Array(4).fill(55_000));
    await agent.close();
  });

  test("reports a failure and a cancellation", async () => {
    const error = { code: "PANIC", message: "index out of bounds" };
    const ended: FakeAnswer[] = [
      { json: { ok: { ...completedWorkflow, status: "failed", error } } },
      { json: { ok: { ...completedWorkflow, status: "failed" } } },
      { json: { ok: { ...completedWorkflow, status: "cancelled" } } },
    ];
    await using server = await FakeServer.start({ [route]: ended });
    await using flawless = clientOf(server);
    const run = flawless.workflow("wkf_1");
    expect(await run.completion()).toEqual({ status: "failed", error });
    expect(await run.completion()).toMatchObject({ status: "failed", error: { code: "UNKNOWN" } });
    expect(await run.completion()).toEqual({ status: "cancelled" });
  });

  test("waits longer than the client's timeout, but not longer than its own", async () => {
    let asked = 0;
    await using server = await FakeServer.start({
      [route]: () => {
        asked += 1;
        return asked === 1 ? running : "stay silent";
      },
    });
    await using flawless = clientOf(server, { timeoutMs: 1 });
    await expect(flawless.workflow("wkf_1").completion({ timeoutMs: 300 })).rejects.toMatchObject({
      code: "FLAWLESS_TIMEOUT",
      timeoutMs: 300,
      message: expect.stringMatching(
        /^Waiting for the end of wkf_1 at .* The workflow keeps running\.$/,
      ),
    });
    const waits = server.requests.map(({ path }) => Number(path.split("=")[1]));
    expect(waits).toHaveLength(2);
    expect(waits.every((wait) => Number.isInteger(wait) && wait >= 1 && wait <= 300)).toBe(true);
  });

  test("ends by its signal", async () => {
    const controller = new AbortController();
    await using server = await FakeServer.start({
      [route]: () => {
        controller.abort();
        return running;
      },
    });
    await using flawless = clientOf(server);
    await expect(
      flawless.workflow("wkf_1").completion({ signal: controller.signal }),
    ).rejects.toMatchObject({
      code: "FLAWLESS_ABORTED",
    });
  });

  test("doesn't wait for a workflow that doesn't exist", async () => {
    await using server = await FakeServer.start({
      [route]: refusal(404, "WORKFLOW_NOT_FOUND", "no wkf_1"),
    });
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").completion()).rejects.toMatchObject({
      code: "FLAWLESS_NOT_FOUND",
    });
  });
});
