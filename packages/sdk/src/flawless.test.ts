import { inspect } from "node:util";
import { defineContract } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { Flawless } from "./flawless.ts";
import { clientOf } from "./testing/client-of.ts";
import { FakeServer, unusedUrl, type FakeAnswer } from "./testing/fake-server.ts";
import { originalServer, refusal, runningWorkflow } from "./testing/server-answers.ts";

const notFound: FakeAnswer = { status: 404, text: "Not Found" };

describe("Flawless", () => {
  test("shows its URL and no secrets", async () => {
    await using flawless = new Flawless({ url: "http://flawless.test/base/", token: "secret" });
    expect(flawless.url).toBe("http://flawless.test/base");
    expect(inspect(flawless, { depth: 9, showHidden: true })).not.toContain("secret");
  });

  test("refuses invalid options immediately", () => {
    expect(() => new Flawless({ url: "nowhere" })).toThrow(
      expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION" }),
    );
  });

  test("is closed at the end of its block", async () => {
    let outlived: Flawless;
    {
      await using flawless = new Flawless({ url: "http://flawless.test" });
      outlived = flawless;
    }
    await expect(outlived.version()).rejects.toMatchObject({ code: "FLAWLESS_CLIENT_CLOSED" });
  });
});

describe("version", () => {
  test("retries if that may help", async () => {
    await using server = await FakeServer.start({
      "GET /version": ["hang up", { text: "1.0.0-beta.3" }],
    });
    await using flawless = clientOf(server);
    expect(await flawless.version()).toBe("1.0.0-beta.3");
  });

  test("refuses a web page as a version", async () => {
    await using server = await FakeServer.start({
      "GET /version": { text: "<html>Welcome</html>" },
    });
    await using flawless = clientOf(server);
    await expect(flawless.version()).rejects.toMatchObject({ code: "FLAWLESS_UNEXPECTED_ANSWER" });
  });
});

describe("health", () => {
  test("returns the server's health, with and without details", async () => {
    const degraded = { status: "degraded", version: "0.1.0", reason: "disk full", running: 3 };
    await using server = await FakeServer.start({
      "GET /health": [{ status: 503, json: degraded }, { json: { status: "ok" } }],
    });
    await using flawless = clientOf(server);
    expect(await flawless.health()).toEqual(degraded);
    expect(await flawless.health()).toEqual({
      status: "ok",
      version: null,
      reason: null,
      running: null,
    });
  });

  test("is requested once", async () => {
    await using server = await FakeServer.start({
      "GET /health": ["hang up", { json: { status: "ok" } }],
    });
    await using flawless = clientOf(server);
    await expect(flawless.health()).rejects.toMatchObject({ code: "FLAWLESS_CONNECTION_FAILED" });
  });
});

describe("waitUntilReady", () => {
  test("waits until the server is healthy", async () => {
    await using server = await FakeServer.start({
      "GET /health": [
        "hang up",
        { status: 502, text: "<html>" },
        refusal(503, "CLOSED", "starting"),
        { status: 503, json: { status: "degraded" } },
        { json: { status: "ok" } },
      ],
    });
    const pauses: number[] = [];
    await using flawless = clientOf(server, {
      sleep: async (milliseconds) => void pauses.push(milliseconds),
    });
    await flawless.waitUntilReady();
    expect(pauses).toEqual([20, 40, 80, 160]);
  });

  test("considers the original server ready once it returns its version", async () => {
    await using server = await FakeServer.start({ ...originalServer, "GET /health": notFound });
    await using flawless = clientOf(server);
    await flawless.waitUntilReady();
    expect(server.seen("GET /version")).toHaveLength(1);
  });

  test("times out, and says why", async () => {
    await using flawless = new Flawless({ url: await unusedUrl() });
    await expect(flawless.waitUntilReady({ timeoutMs: 500 })).rejects.toMatchObject({
      code: "FLAWLESS_TIMEOUT",
      message: expect.stringMatching(
        /^Waiting for the server at http:.* took longer than 500 ms\. .*flawless up/,
      ),
      cause: { code: "FLAWLESS_CONNECTION_FAILED" },
    });
  });

  test("doesn't wait for what never comes", async () => {
    await using server = await FakeServer.start({ "GET /health": { status: 404, text: "<html>" } });
    await using flawless = clientOf(server);
    await expect(flawless.waitUntilReady()).rejects.toMatchObject({
      code: "FLAWLESS_UNEXPECTED_ANSWER",
    });
  });

  test("ends by its signal", async () => {
    const controller = new AbortController();
    await using flawless = clientOf(
      { url: await unusedUrl() },
      { sleep: async () => controller.abort() },
    );
    await expect(flawless.waitUntilReady({ signal: controller.signal })).rejects.toMatchObject({
      code: "FLAWLESS_ABORTED",
    });
  });
});

describe("module", () => {
  test("knows name and version without a request", async () => {
    await using flawless = new Flawless({ url: "http://flawless.test" });
    const contract = defineContract({ name: "shop", version: "1.0.0", workflows: {} });
    expect(flawless.module("crawler", "0.1.8")).toMatchObject({
      name: "crawler",
      version: "0.1.8",
    });
    expect(flawless.module(contract)).toMatchObject({ name: "shop", version: "1.0.0" });
    expect(() => flawless.module("crawler", "")).toThrow(
      expect.objectContaining({ option: "version" }),
    );
  });
});

describe("listWorkflows", () => {
  test("passes on filter and cursor", async () => {
    const page = { workflows: [runningWorkflow], cursor: "next" };
    await using server = await FakeServer.start({ "GET /api/workflows": { json: { ok: page } } });
    await using flawless = clientOf(server);
    expect(await flawless.listWorkflows()).toEqual(page);
    await flawless.listWorkflows({
      status: "failed",
      module: "a&b",
      version: "1",
      workflow: "w",
      limit: 5,
      cursor: "c/d",
    });
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/api/workflows",
      "/api/workflows?status=failed&module=a%26b&version=1&workflow=w&limit=5&cursor=c%2Fd",
    ]);
  });

  test("passes on all conditions", async () => {
    const page = { workflows: [], cursor: "next", searched: 10_000 };
    await using server = await FakeServer.start({
      "GET /api/workflows": { json: { ok: page } },
      "POST /api/workflows/terminate": { json: { ok: { count: 1, cursor: null } } },
    });
    await using flawless = clientOf(server);
    const conditions = {
      key: "k",
      labels: { customer: "c-7", query: "a=b" },
      createdFrom: "2026-01-01",
      createdBefore: "2026-01-02",
      endedFrom: "2026-01-03",
      endedBefore: "2026-01-04",
      idPrefix: "wkf_1",
      keyPrefix: "order-",
      namePrefix: "check",
      inputText: "c 7&",
    };
    expect(await flawless.listWorkflows(conditions)).toEqual(page);
    expect(await flawless.terminateWorkflows({ ...conditions, dryRun: true })).toBe(1);
    const query =
      "key=k&label=customer%3Dc-7&label=query%3Da%3Db&created_from=2026-01-01&created_before=2026-01-02" +
      "&ended_from=2026-01-03&ended_before=2026-01-04&id_prefix=wkf_1&key_prefix=order-&name_prefix=check&input_text=c+7%26";
    expect(server.requests.map(({ path }) => path)).toEqual([
      `/api/workflows?${query}`,
      `/api/workflows/terminate?${query}&dry_run=true`,
    ]);
  });

  test("restarts page by page with one key, and collects what can't be restarted", async () => {
    const failure = { id: "wkf_1", code: "MODULE_NOT_FOUND", message: "It is not there." };
    const failures = Array.from({ length: 60 }, () => failure);
    const page = (cursor: string | null): FakeAnswer => ({
      json: { ok: { count: 10, failed: 70, failures, cursor } },
    });
    await using server = await FakeServer.start({
      "POST /api/workflows/restart": [page("wkf_5"), page(null), page(null)],
    });
    await using flawless = clientOf(server);
    const outcome = await flawless.restartWorkflows({ status: "failed", labels: { a: "b" } });
    await flawless.restartWorkflows({ status: "completed", dryRun: true, idempotencyKey: "mine" });

    expect(outcome).toMatchObject({ count: 20, failed: 140 });
    expect(outcome.failures).toHaveLength(100);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/api/workflows/restart?status=failed&label=a%3Db",
      "/api/workflows/restart?status=failed&label=a%3Db&cursor=wkf_5",
      "/api/workflows/restart?status=completed&dry_run=true",
    ]);
    const keys = server.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys).toEqual([keys[0], keys[0], "mine"]);
    await expect(
      flawless.restartWorkflows({ status: "failed", idempotencyKey: "two words" }),
    ).rejects.toMatchObject({ option: "idempotencyKey" });
  });

  test("refuses an invalid limit", async () => {
    await using flawless = new Flawless({ url: "http://flawless.test" });
    await expect(flawless.listWorkflows({ limit: 0 })).rejects.toMatchObject({ option: "limit" });
  });
});

describe("workflows", () => {
  test("goes through all pages, and requests each only on demand", async () => {
    const page = (ids: readonly string[], cursor: string | null): FakeAnswer => ({
      json: { ok: { workflows: ids.map((id) => ({ ...runningWorkflow, id })), cursor } },
    });
    await using server = await FakeServer.start({
      "GET /api/workflows": [page(["wkf_1", "wkf_2"], "p2"), page([], "p3"), page(["wkf_3"], null)],
    });
    await using flawless = clientOf(server);
    const ids: string[] = [];
    for await (const { id } of flawless.workflows({ status: "running", limit: 2 })) {
      ids.push(id);
      expect(server.requests).toHaveLength(id === "wkf_3" ? 3 : 1);
    }
    expect(ids).toEqual(["wkf_1", "wkf_2", "wkf_3"]);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/api/workflows?status=running&limit=2",
      "/api/workflows?status=running&limit=2&cursor=p2",
      "/api/workflows?status=running&limit=2&cursor=p3",
    ]);
  });
});

test("listModules returns what is deployed", async () => {
  const module = {
    name: "crawler",
    version: "0.1.8",
    hash: "ab",
    sizeBytes: 100,
    workflows: ["start"],
    deployedAt: "2026-01-01T00:00:00.000Z",
  };
  await using server = await FakeServer.start({ "GET /api/modules": { json: { ok: [module] } } });
  await using flawless = clientOf(server);
  expect(await flawless.listModules()).toEqual([module]);
});
