import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import type { FastifyInstance, LightMyRequestResponse } from "@flawless-ts/http-service/fastify";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createApi } from "../api/create-api.ts";
import type { EngineApi } from "../api/engine-api.ts";
import { EngineError } from "../errors.ts";
import { exampleModule, exampleWorkflow, fakeEngine, pagesOf } from "../testing/fake-engine.ts";

const hostile = `<script>alert("x")</script>`;

const types: ModuleTypes = {
  workflows: {
    start: {
      input: {
        type: "object",
        properties: { id: { type: "integer" }, [hostile]: { enum: [hostile, "b"] } },
        required: ["id"],
      },
      messages: {
        approve: { type: "object", properties: { by: { type: "string" } }, required: ["by"] },
        [hostile]: { type: "null" },
        "*": {},
      },
    },
  },
};

function open(methods: Partial<EngineApi> = {}): FastifyInstance {
  const app = createApi(
    fakeEngine({ moduleTypes: async () => types, journalPage: pagesOf([]), ...methods }),
    {},
  );
  onTestFinished(() => app.close());
  return app;
}

function post(
  app: FastifyInstance,
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  return app.inject({
    method: "POST",
    url,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
      ...headers,
    },
    payload: new URLSearchParams(fields).toString(),
  });
}

const target = { module: "crawler", version: "0.1.8", workflow: "start" };

describe("the form of a message", () => {
  test("is made from its type, one for each type that the module describes", async () => {
    const app = open();
    const { body } = await app.inject({ url: "/workflows/wkf_xhRDf" });

    expect(body).toContain('name="data/by"');
    expect(body).toContain("<summary>approve</summary>");
    expect(body).toContain("<summary>Any other type</summary>");
    expect(body).toContain("&lt;script&gt;");
    expect(body).not.toContain(hostile);
    expect(body).not.toContain("<summary>*</summary>");
  });

  test("sends what was entered as JSON", async () => {
    const send = vi.fn<EngineApi["send"]>(async () => undefined);
    const app = open({ send });
    const fields = { form: "fields", type: "approve", "data/by": 'Ann "A"' };
    const answer = await post(app, "/workflows/wkf_xhRDf/messages", fields);

    expect(answer.json()).toEqual({ ok: true });
    expect(send).toHaveBeenCalledWith("wkf_xhRDf", "approve", '{"by":"Ann \\"A\\""}');
  });

  test.each(["toString", "__proto__", "other", "*x"])(
    "is refused for the type %s, which the module doesn't describe",
    async (type) => {
      const send = vi.fn<EngineApi["send"]>(async () => undefined);
      const answer = await post(open({ send }), "/workflows/wkf_xhRDf/messages", {
        form: "fields",
        type,
      });

      expect(answer.statusCode).toBe(400);
      expect(send).not.toHaveBeenCalled();
    },
  );
});

describe("the page that starts a workflow", () => {
  const address = `/start?${new URLSearchParams(target).toString()}`;

  test("has fields for the input's type, and a text field for any input", async () => {
    const { body, statusCode } = await open().inject({ url: address });

    expect(statusCode).toBe(200);
    expect(body).toContain('name="value/id"');
    expect(body).toContain('name="input"');
    expect(body).not.toContain(hostile);
  });

  test("has only the text field if the module doesn't describe the input", async () => {
    const { body } = await open({ moduleTypes: async () => null }).inject({ url: address });

    expect(body).not.toContain("By its fields");
    expect(body).toContain('name="input"');
  });

  test("starts with the input of another workflow", async () => {
    const { body } = await open().inject({ url: `${address}&like=wkf_xhRDf` });

    expect(body).toContain("&quot;id&quot;: 18446744073709551615");
  });

  test("lists what can be started", async () => {
    const { body } = await open().inject({ url: "/start" });

    expect(body).toContain(
      'href="/start?module=crawler&amp;version=0.1.8&amp;workflow=start">start</a>',
    );
  });

  test("starts it, and goes to it", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_new", response: null }));
    const app = open({ start });
    const fields = { ...target, form: "fields", "value/id": "18446744073709551615" };
    const script = await post(app, "/start", fields);
    const browser = await post(
      app,
      "/start",
      { ...target, form: "json", input: "[1]", key: "k", labels: "order = 7\r\n\r\na=b=c" },
      { accept: "text/html" },
    );

    expect([script.json(), script.headers["location"]]).toEqual([
      { ok: true },
      "/workflows/wkf_new",
    ]);
    expect([browser.statusCode, browser.headers["location"]]).toEqual([303, "/workflows/wkf_new"]);
    expect(start.mock.calls).toMatchObject([
      [{ ...target, input: '{"id":18446744073709551615}', labels: {} }, { detached: true }],
      [{ ...target, input: "[1]", idempotencyKey: "k", labels: { order: "7", a: "b=c" } }, {}],
    ]);
  });

  test.each([
    [{ "value/id": "seven" }, 'id: expected a whole number, but got "seven".'],
    [
      { "value/id": "7", labels: "order" },
      'Labels: expected key=value on each line, but got "order".',
    ],
  ])("reports what is wrong: %j", async (fields, message) => {
    const answer = await post(open(), "/start", { ...target, form: "fields", ...fields });

    expect([answer.statusCode, answer.json()]).toEqual([400, { error: message }]);
  });

  test("reports that the module was deleted", async () => {
    const answer = await post(open({ modules: async () => [] }), "/start", {
      ...target,
      form: "fields",
    });

    expect(answer.json()).toMatchObject({
      error: expect.stringContaining("says nothing of the input of start any more") as string,
    });
    expect(exampleModule.workflows).toContain("start");
  });
});

describe("restarting", () => {
  test("goes to the new workflow", async () => {
    const restart = vi.fn<EngineApi["restart"]>(async () => ({ ...exampleWorkflow, id: "wkf_2" }));
    const answer = await post(open({ restart }), "/workflows/wkf_xhRDf/restart", {});

    expect(answer.headers["location"]).toBe("/workflows/wkf_2");
    expect(restart).toHaveBeenCalledWith("wkf_xhRDf", {});
  });

  test("from a step, optionally on another version, goes to the new workflow", async () => {
    const fork = vi.fn<EngineApi["fork"]>(async () => ({ ...exampleWorkflow, id: "wkf_3" }));
    const app = open({ fork });
    const fields = { fromStep: "7", version: "0.2.0" };
    const answer = await post(app, "/workflows/wkf_xhRDf/fork", fields);

    expect(answer.headers["location"]).toBe("/workflows/wkf_3");
    expect(fork.mock.calls).toEqual([["wkf_xhRDf", { fromStep: 7, version: "0.2.0" }]]);
    for (const fromStep of ["", "-1", "x", "1e3"]) {
      expect((await post(app, "/workflows/wkf_xhRDf/fork", { fromStep })).statusCode).toBe(400);
    }
    expect(fork).toHaveBeenCalledTimes(1);
  });

  test("reports why it was refused", async () => {
    const restart = vi.fn<EngineApi["restart"]>(async () => {
      throw new EngineError("MODULE_NOT_FOUND", "No module is there.");
    });
    const answer = await post(open({ restart }), "/workflows/wkf_xhRDf/restart", {});

    expect([answer.statusCode, answer.json()]).toEqual([404, { error: "No module is there." }]);
  });
});

test.each([
  "/start",
  "/workflows/wkf_xhRDf/restart",
  "/workflows/wkf_xhRDf/fork",
  "/workflows/wkf_xhRDf/messages",
])("%s is refused from another site", async (url) => {
  const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_new", response: null }));
  const fields = { ...target, input: "1", type: "approve", data: "1" };
  for (const site of ["cross-site", "same-site", "none"]) {
    const answer = await post(open({ start }), url, fields, { "sec-fetch-site": site });
    expect(answer.statusCode).toBe(403);
  }
  expect(start).not.toHaveBeenCalled();
});
