import { afterEach, describe, expect, test, vi } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { EngineError } from "../../errors.ts";
import {
  exampleDetails,
  exampleHistory,
  exampleModule,
  exampleWorkflow,
  fakeEngine,
  pagesOf,
} from "../../testing/fake-engine.ts";
import { createApi } from "../create-api.ts";
import type { EngineApi } from "../engine-api.ts";

let app: FastifyInstance | undefined;

function api(methods: Partial<EngineApi> = {}): FastifyInstance {
  app = createApi(fakeEngine(methods));
  return app;
}

afterEach(async () => {
  await app?.close();
});

describe("POST /api/workflow/send-msg/ID", () => {
  test('returns the JSON text "ok"', async () => {
    const send = vi.fn<EngineApi["send"]>(async () => undefined);
    const reply = await api({ send }).inject({
      method: "POST",
      url: "/api/workflow/send-msg/wkf_1",
      payload: { type: "approve", data: '{"by":"ann"}' },
    });

    expect(reply.payload).toBe('"ok"');
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(send).toHaveBeenCalledWith("wkf_1", "approve", '{"by":"ann"}');
  });

  test.each([{ type: "approve" }, { data: "1" }, { type: "approve", data: 1 }, "approve"])(
    "refuses %j",
    async (payload) => {
      const reply = await api().inject({
        method: "POST",
        url: "/api/workflow/send-msg/wkf_1",
        payload: JSON.stringify(payload),
        headers: { "content-type": "application/json" },
      });
      expect(reply.statusCode).toBe(400);
      expect(reply.headers["flawless-error-code"]).toBe("INVALID_REQUEST");
    },
  );

  test("decodes the id in the path", async () => {
    const send = vi.fn<EngineApi["send"]>(async () => undefined);
    await api({ send }).inject({
      method: "POST",
      url: "/api/workflow/send-msg/wkf%5F1",
      payload: { type: "approve", data: "1" },
    });
    expect(send.mock.calls[0]?.[0]).toBe("wkf_1");
  });
});

describe("GET /api/workflows", () => {
  test("passes on the filter and returns the page", async () => {
    const list = vi.fn<EngineApi["list"]>(async () => ({
      workflows: [exampleWorkflow],
      cursor: "next",
    }));
    const reply = await api({ list }).inject({
      url: "/api/workflows?status=running&module=crawler&version=0.1.8&workflow=start&limit=1000&cursor=a%2Bb",
    });

    expect(reply.json()).toEqual({ ok: { workflows: [exampleWorkflow], cursor: "next" } });
    expect(list).toHaveBeenCalledWith({
      status: "running",
      module: "crawler",
      version: "0.1.8",
      workflow: "start",
      limit: 1000,
      cursor: "a+b",
    });
  });

  test("passes on all conditions, and returns how many workflows were searched", async () => {
    const list = vi.fn<EngineApi["list"]>(async () => ({
      workflows: [],
      cursor: "next",
      searched: 10_000,
    }));
    const query = new URLSearchParams([
      ["key", "order-7"],
      ["label", "customer=c-7"],
      ["label", "query=a=b"],
      ["created_from", "2026-01-01"],
      ["created_before", "2026-01-02T00:00:00Z"],
      ["ended_from", "2026-01-03"],
      ["ended_before", "2026-01-04"],
      ["id_prefix", "wkf_1"],
      ["key_prefix", "order-"],
      ["name_prefix", "check"],
      ["input_text", "c 7&"],
    ]);
    const reply = await api({ list }).inject(`/api/workflows?${query.toString()}`);
    expect(reply.json()).toEqual({ ok: { workflows: [], cursor: "next", searched: 10_000 } });
    expect(list).toHaveBeenCalledWith({
      key: "order-7",
      labels: { customer: "c-7", query: "a=b" },
      createdFrom: "2026-01-01",
      createdBefore: "2026-01-02T00:00:00Z",
      endedFrom: "2026-01-03",
      endedBefore: "2026-01-04",
      idPrefix: "wkf_1",
      keyPrefix: "order-",
      namePrefix: "check",
      inputText: "c 7&",
      limit: 100,
    });
  });

  test.each(["label=customer", "label==c-7", "label=a=1&label=a=2"])("refuses %s", async (query) => {
    const list = vi.fn<EngineApi["list"]>();
    expect((await api({ list }).inject(`/api/workflows?${query}`)).statusCode).toBe(400);
    expect(list).not.toHaveBeenCalled();
  });

  test.each([
    [
      "status=finished",
      "querystring.status must be equal to one of the allowed values (running, completed, failed, cancelled)",
    ],
    ["limit=0", "querystring.limit must be >= 1"],
    ["limit=1001", "querystring.limit must be <= 1000"],
    ["limit=ten", "querystring.limit must be integer"],
    ["limit=1.5", "querystring.limit must be integer"],
    ["limit=", "querystring.limit must be integer"],
    ["limit=1&limit=2", "querystring.limit must be integer"],
    ["module=a&module=b", "querystring.module must be string"],
    ["state=running", "querystring must NOT have additional properties (state)"],
    ["__proto__=1", "querystring must NOT have additional properties (__proto__)"],
  ])("refuses ?%s", async (query, fault) => {
    const reply = await api().inject({ url: `/api/workflows?${query}` });

    expect(reply.json()).toEqual({
      error: `The request does not fit the route: ${fault}.`,
    });
    expect(reply.headers["flawless-error-code"]).toBe("INVALID_REQUEST");
    expect(reply.statusCode).toBe(400);
  });
});

describe("one workflow", () => {
  test("is shown", async () => {
    const reply = await api().inject({ url: "/api/workflows/wkf_xhRDf" });
    expect(reply.json()).toEqual({ ok: exampleDetails });
  });

  test("gives 404 if unknown", async () => {
    const workflow = vi.fn<EngineApi["workflow"]>(async () => {
      throw new EngineError("WORKFLOW_NOT_FOUND", "There is no such workflow.");
    });
    const id = "x".repeat(3000);
    const reply = await api({ workflow }).inject({ url: `/api/workflows/${id}` });

    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toEqual({ error: "There is no such workflow." });
    expect(reply.headers["flawless-error-code"]).toBe("WORKFLOW_NOT_FOUND");
    expect(workflow).toHaveBeenCalledWith(id);
  });

  test.each(["cancel", "terminate"] as const)("can be ended by %s, alone, as a tree or with others", async (manner) => {
    const end = vi.fn<EngineApi["end"]>(fakeEngine().end);
    const endMatching = vi.fn<EngineApi["endMatching"]>(async () => ({ count: 2, cursor: null }));
    const server = api({ end, endMatching });
    const post = (url: string): Promise<{ json(): unknown }> =>
      server.inject({ method: "POST", url: `/api/workflows/${url}` });
    expect((await post(`wkf_xhRDf/${manner}`)).json()).toMatchObject({ ok: { status: "cancelled" } });
    await post(`wkf_xhRDf/${manner}?tree=true`);
    expect((await post(`${manner}?module=m&dry_run=true`)).json()).toEqual({
      ok: { count: 2, cursor: null },
    });
    expect(end.mock.calls).toEqual([
      ["wkf_xhRDf", manner, { tree: false }],
      ["wkf_xhRDf", manner, { tree: true }],
    ]);
    expect(endMatching.mock.calls).toMatchObject([[{ module: "m", dryRun: true }, manner]]);
  });

  test("is cancelled, with and without a body", async () => {
    const server = api();
    for (const options of [
      {},
      { headers: { "content-type": "application/json" } },
      { payload: {} },
    ]) {
      const reply = await server.inject({
        method: "POST",
        url: "/api/workflows/wkf_xhRDf/cancel",
        ...options,
      });
      expect(reply.json()).toMatchObject({ ok: { status: "cancelled" } });
      expect(reply.statusCode).toBe(200);
    }
  });

  test("shows its journal with exact integers", async () => {
    const reply = await api().inject({ url: "/api/workflows/wkf_xhRDf/journal" });

    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(reply.payload).toContain('"call":{"Random":9223372036854775807}');
    expect(reply.payload).toContain('"answer":{"Random":[18446744073709551615,1.0]}');
    expect(reply.json()).toMatchObject({
      ok: {
        id: exampleHistory.id,
        moduleHash: exampleModule.hash,
        input: exampleHistory.input,
        steps: [
          { step: 1 },
          { step: 2, answeredAt: null, call: { Sleep: { ms: 300 } }, answer: null },
        ],
      },
    });
  });

  test("shows a long journal completely", async () => {
    const steps = Array.from({ length: 5000 }, (_, index) => ({
      step: index + 1,
      at: exampleWorkflow.createdAt,
      answeredAt: null,
      call: JSON.stringify({ Log: "é".repeat(100) }),
      answer: null,
    }));
    const reply = await api({ journalPage: pagesOf(steps) }).inject({
      url: "/api/workflows/wkf_xhRDf/journal",
    });
    const { ok } = reply.json<{ ok: { steps: { step: number }[] } }>();
    expect(ok.steps.map(({ step }) => step)).toEqual(steps.map(({ step }) => step));
  });
});

describe("GET /api/workflows/ID/wait", () => {
  test.each([
    ["", 30_000, "end"],
    ["?timeout_ms=0", 0, "end"],
    ["?timeout_ms=1500", 1500, "end"],
    ["?timeout_ms=60001", 60_000, "end"],
    ["?until=response", 30_000, "response"],
  ])("with %j waits for %d ms, for the %s", async (query, timeoutMs, until) => {
    const wait = vi.fn<EngineApi["wait"]>(async () => exampleWorkflow);
    const reply = await api({ wait }).inject({ url: `/api/workflows/wkf_1/wait${query}` });

    expect(reply.json()).toEqual({ ok: exampleWorkflow });
    expect(wait).toHaveBeenCalledWith("wkf_1", {
      timeoutMs,
      until,
      signal: expect.any(AbortSignal),
    });
  });

  test.each(["-1", "soon", "1e3", ""])("refuses %j", async (value) => {
    const reply = await api().inject({ url: `/api/workflows/wkf_1/wait?timeout_ms=${value}` });
    expect(reply.statusCode).toBe(400);
  });
});

describe("GET /api/modules", () => {
  test("lists the modules", async () => {
    const reply = await api().inject({ url: "/api/modules" });
    expect(reply.json()).toEqual({ ok: [exampleModule] });
  });
});

test("GET /api/workflows/ID/history has each call and answer as JSON text", async () => {
  const reply = await api().inject({ url: "/api/workflows/wkf_xhRDf/history" });
  expect(reply.json()).toEqual({ ok: exampleHistory });
});
