import { describe, expect, test } from "vitest";
import { startControlPlane } from "../control-plane.ts";
import { FakeFlawless } from "../testing/fake-flawless.ts";
import { quiet, startHolder } from "./testing/holder.ts";
import { freePort, get } from "./testing/requests.ts";

describe("with tokens", () => {
  test("callers show their own, and the node shows one to register", async () => {
    await using holder = await startHolder({ tokens: ["caller", "node"] });
    await using node = await startControlPlane({ ...quiet, join: holder.url, joinToken: "node" });
    const asked = await get(node.url, "/queue/stats");
    expect([asked.status, asked.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringContaining("control-plane"),
    ]);
    const authorization = "Bearer caller";
    expect((await get(node.url, "/queue/stats", "GET", { authorization })).status).toBe(200);
    expect((await get(node.url, "/hiqlite/health")).status).toBe(200);
    expect((await get(node.url, "/health")).status).toBe(200);
  });

  test("of its own, the node asks for them before anything is passed on", async () => {
    await using holder = await startHolder();
    await using node = await startControlPlane({ ...quiet, join: holder.url, tokens: ["secret"] });
    for (const path of ["/queue/stats", "/metrics", "/iroh/info", "/"]) {
      expect((await get(node.url, path)).status).toBe(401);
      const authorization = "Bearer secret";
      expect((await get(node.url, path, "GET", { authorization })).status).toBe(200);
    }
    for (const path of ["/health", "/version", "/openapi.json", "/health/hiqlite"]) {
      expect((await get(node.url, path)).status).toBe(200);
    }
    expect(Object.keys((await get(node.url, "/health")).body as object)).toEqual([
      "status",
      "version",
    ]);
  });
});

describe("joining is refused", () => {
  async function refusal(join: string, options: object = {}): Promise<unknown> {
    return startControlPlane({ ...quiet, join, nodeId: "node-2", ...options }).then(
      (started) => started.close(),
      (error: unknown) => error,
    );
  }

  test("to itself", async () => {
    const port = await freePort();
    expect(await refusal(`http://127.0.0.1:${port}`, { port })).toMatchObject({
      code: "JOIN_REFUSED",
      message: expect.stringMatching(/node-2 holds no queue, but passes requests on to http/),
    });
    // The port is free again.
    await using holder = await startHolder({ port });
    expect((await get(holder.url, "/version")).status).toBe(200);
  });

  test("in a chain, and it names the node to join", async () => {
    await using holder = await startHolder();
    await using middle = await startControlPlane({ ...quiet, join: holder.url, nodeId: "middle" });
    expect(await refusal(middle.url)).toMatchObject({
      code: "JOIN_REFUSED",
      message: expect.stringContaining(`join that one (--join ${holder.url})`),
    });
  });

  test("without the right token", async () => {
    await using holder = await startHolder({ tokens: ["secret"] });
    expect(await refusal(holder.url, { joinToken: "other" })).toMatchObject({
      code: "JOIN_REFUSED",
      message: expect.stringContaining("CONTROL_PLANE_JOIN_TOKEN"),
    });
  });

  test("under a name that is taken", async () => {
    await using holder = await startHolder();
    expect(await refusal(holder.url, { nodeId: "node-1" })).toMatchObject({
      code: "JOIN_REFUSED",
      message: expect.stringContaining("There is a node node-1 already"),
    });
  });

  test("where something else answers", async () => {
    await using flawless = await FakeFlawless.start();
    expect(await refusal(flawless.url)).toMatchObject({
      code: "JOIN_REFUSED",
      message: expect.stringContaining("no control plane that nodes can join"),
    });
  });

  test.each([
    [{ join: "ftp://node-1" }, /^Invalid `join`: expected an http or https URL/],
    [{ join: "http://user:secret@node-1" }, /^Invalid `join`: expected [^@]*$/],
    [{ join: "http://127.0.0.1:1", advertisedUrl: "node-2" }, /^Invalid `advertisedUrl`: expected/],
    [{ join: "http://127.0.0.1:1", registerEveryMs: 0 }, /^Invalid `registerEveryMs`: expected/],
    [
      { join: "http://127.0.0.1:1", registerEveryMs: 60_000 },
      /^Invalid `registerEveryMs`: expected/,
    ],
    [{ join: "http://127.0.0.1:1", nodeId: "a b" }, /^Invalid `nodeId`: expected 1 to 128 letters/],
  ] as const)("by options that make no sense: %j", async (options, message) => {
    await expect(startControlPlane({ ...quiet, ...options })).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
      message: expect.stringMatching(message),
    });
  });
});
