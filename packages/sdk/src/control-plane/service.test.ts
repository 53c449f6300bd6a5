import { describe, expect, test } from "vitest";
import { controlPlaneOf, firstForm, secondForm } from "../testing/control-plane-answers.ts";
import { FakeServer, unusedUrl } from "../testing/fake-server.ts";

const noHealth = { "GET /health": { status: 404, text: "" } };
const led = { is_healthy: true, node_count: 3, has_leader: true };

describe("health", () => {
  test.each([200, 503])("is what the server returns, status %i", async (status) => {
    const body = { status: "degraded", reason: "no Flawless", flawless: "away" };
    await using server = await FakeServer.start({ "GET /health": { status, json: body } });
    await using client = controlPlaneOf(server);
    expect(await client.health()).toEqual({
      status: "degraded",
      reason: "no Flawless",
      details: body,
    });
  });

  test.each([
    ["first", firstForm, "GET /hiqlite/health"],
    ["second", secondForm, "GET /health/hiqlite"],
  ] as const)("is that of mvm-ci's database, %s form", async (_form, routes, route) => {
    await using server = await FakeServer.start({
      ...routes,
      ...noHealth,
      [route]: [
        { json: led },
        { json: { ...led, has_leader: false } },
        { json: { ...led, is_healthy: false } },
        { status: 500, text: "Health check failed" },
      ],
    });
    await using client = controlPlaneOf(server);
    expect(await client.health()).toEqual({ status: "ok", reason: null, details: led });
    expect(await client.health()).toMatchObject({ status: "degraded", reason: /leader/ });
    expect(await client.health()).toMatchObject({ status: "degraded", reason: /database/ });
    await expect(client.health()).rejects.toMatchObject({ code: "FLAWLESS_SERVER_REFUSED" });
  });

  test("of a server that requires a token needs it", async () => {
    await using server = await FakeServer.start({ "GET /health": { status: 401, text: "no" } });
    await using client = controlPlaneOf(server, { token: "wrong" });
    await expect(client.health()).rejects.toMatchObject({ code: "FLAWLESS_UNAUTHORIZED" });
    expect(server.requests[0]?.headers.authorization).toBe("Bearer wrong");
  });
});

describe("waitUntilReady", () => {
  test("waits for a good response", async () => {
    await using server = await FakeServer.start({
      "GET /health": [
        "hang up",
        { status: 503, json: { status: "starting" } },
        { json: { status: "ok" } },
      ],
    });
    await using client = controlPlaneOf(server);
    await client.waitUntilReady();
    expect(server.requests).toHaveLength(3);
  });

  test("says what to start when the time is over", async () => {
    await using client = controlPlaneOf({ url: await unusedUrl() });
    await expect(client.waitUntilReady({ timeoutMs: 50 })).rejects.toMatchObject({
      code: "FLAWLESS_TIMEOUT",
      message: /control-plane up/,
      cause: { code: "FLAWLESS_CONNECTION_FAILED" },
    });
  });
});

describe("nodes", () => {
  test.each([
    { json: [{ id: "node-1", flawless_url: "http://f:27288" }, { node_id: "node-2" }] },
    {
      json: { nodes: [{ node_id: "node-1", flawless_url: "http://f:27288" }, { id: "node-2" }] },
    },
  ])("are listed with their Flawless: %#", async (answer) => {
    await using server = await FakeServer.start({ ...secondForm, "GET /api/nodes": answer });
    await using client = controlPlaneOf(server);
    expect(await client.nodes()).toEqual([
      { id: "node-1", flawlessUrl: "http://f:27288" },
      { id: "node-2", flawlessUrl: null },
    ]);
  });

  test.each([firstForm, secondForm])("are unknown to mvm-ci: %#", async (routes) => {
    await using server = await FakeServer.start(routes);
    await using client = controlPlaneOf(server);
    await expect(client.nodes()).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
      feature: "listing nodes",
      message: /@flawless-ts\/control-plane does/,
    });
  });
});

test("closing ends pending calls", async () => {
  await using server = await FakeServer.start({ "GET /api/queue/stats": "stay silent" });
  const client = controlPlaneOf(server);
  const asked = client.stats();
  await client.close();
  await expect(asked).rejects.toMatchObject({ code: "FLAWLESS_CLIENT_CLOSED" });
  await expect(client.list()).rejects.toMatchObject({ code: "FLAWLESS_CLIENT_CLOSED" });
});
