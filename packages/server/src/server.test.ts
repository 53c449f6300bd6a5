import { once } from "node:events";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { Writable } from "node:stream";
import { Flawless } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { type FlawlessServer, startServer } from "./server.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
});

afterEach(() => {
  directory.remove();
});

async function deployConformance(url: string, token?: string): Promise<Flawless> {
  const flawless = new Flawless({ url, ...(token === undefined ? {} : { token }), retry: false });
  await flawless.deploy(fixtureBytes("conformance"));
  return flawless;
}

describe("startServer", () => {
  test("runs workflows of a genuine module", async () => {
    await using server = await startServer({ directory: directory.path, port: 0 });
    await using flawless = await deployConformance(server.url);
    const module = flawless.module("conformance", "1.0.0");
    const executed = await module.executeWithHandle("add", { a: 2, b: 3 });

    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(executed.response).toBe(5);
    expect(await executed.workflow.completion()).toEqual({ status: "completed" });
  });

  test("continues where the previous server stopped, and tells waiting callers that it stops", async () => {
    let id: string;
    {
      await using server = await startServer({ directory: directory.path, port: 0 });
      await using flawless = await deployConformance(server.url);
      const module = flawless.module("conformance", "1.0.0");
      ({ id } = await module.start("receive", null));
      const refused = module.execute("receive").then(
        () => "an answer",
        (error: unknown) => error,
      );
      await expect.poll(async () => (await flawless.listWorkflows()).workflows.length).toBe(2);
      await server.close({ graceMs: 1 });
      expect(await refused).toMatchObject({ code: "FLAWLESS_SERVER_UNAVAILABLE" });
    }
    await using server = await startServer({ directory: directory.path, port: 0 });
    await using flawless = new Flawless({ url: server.url });
    await flawless.workflow(id).send("approve", { by: "ann" });
    await flawless.workflow(id).completion();

    expect((await flawless.workflow(id).info()).response).toBe('{"by":"ann"}');
  });

  test("accepts only callers with a token, gives guests their secrets, and logs their log lines", async () => {
    let log = "";
    const sink = new Writable({
      write(chunk, _encoding, done) {
        log += String(chunk);
        done();
      },
    });
    await using server = await startServer({
      directory: directory.path,
      port: 0,
      tokens: ["the-token"],
      secrets: { API_KEY: "hidden" },
      logger: pino(sink),
    });
    expect((await fetch(`${server.url}/api/modules`)).status).toBe(401);
    await using flawless = await deployConformance(server.url, "the-token");
    const module = flawless.module("conformance", "1.0.0");
    const response = await module.execute("secret", { name: "API_KEY" });
    const { id } = (await module.executeWithHandle("logs")).workflow;

    expect(response).toBe("hidden");
    const line = log.split("\n").find((text) => text.includes("an error"));
    expect(JSON.parse(line ?? "")).toMatchObject({
      level: 50,
      id,
      workflow: "logs",
      msg: "an error",
    });
    expect(log).not.toContain("hidden");
  });

  test("refuses a directory that another server uses, without disturbing that one", async () => {
    await using server = await startServer({ directory: directory.path, port: 0 });
    await expect(startServer({ directory: directory.path, port: 0 })).rejects.toMatchObject({
      code: "DIRECTORY_IN_USE",
    });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test("refuses a directory that is a file", async () => {
    const file = directory.join("file");
    await writeFile(file, "");
    await expect(startServer({ directory: file, port: 0 })).rejects.toMatchObject({
      code: "DIRECTORY_UNUSABLE",
    });
  });

  test("listens on all addresses, and reports one that clients can use", async () => {
    await using server = await startServer({ directory: directory.path, host: "0.0.0.0", port: 0 });
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${server.url}/version`)).status).toBe(200);
  });

  test("accepts localhost as an address", async () => {
    await using server = await startServer({
      directory: directory.path,
      host: "localhost",
      port: 0,
    });
    expect((await fetch(server.url.replace("127.0.0.1", "localhost") + "/version")).status).toBe(
      200,
    );
  });

  test("closes once, however often it is called", async () => {
    const server = await startServer({ directory: directory.path, port: 0 });
    await Promise.all([server.close(), server.close()]);
    await server.close();
    await expect(fetch(`${server.url}/version`)).rejects.toThrow();
  });
});

describe("a failed start", () => {
  async function occupyPort(): Promise<Server & AsyncDisposable> {
    const occupant = createServer();
    occupant.listen(0, "127.0.0.1");
    await once(occupant, "listening");
    return occupant;
  }

  test("for its port leaves the directory free", async () => {
    await using occupant = await occupyPort();
    const address = occupant.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(startServer({ directory: directory.path, port })).rejects.toMatchObject({
      code: "FLAWLESS_LISTEN_ADDRESS_IN_USE",
      message: expect.stringContaining(`127.0.0.1:${port} is in use`),
    });

    await using server = await startServer({ directory: directory.path, port: 0 });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test.each([
    ["its address", { host: "192.0.2.1" }, "FLAWLESS_LISTEN_ADDRESS_UNUSABLE"],
    ["its tokens", { tokens: [] }, "FLAWLESS_INVALID_OPTION"],
    ["its limits", { apiLimits: { jsonBytes: -1 } }, "FLAWLESS_INVALID_OPTION"],
  ])("for %s closes the engine again", async (_name, options, code) => {
    await expect(
      startServer({ directory: directory.path, port: 0, ...options }),
    ).rejects.toMatchObject({ code });

    await using server = await startServer({ directory: directory.path, port: 0 });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test.each([
    [
      "can't be made",
      () => symlinkSync("/nowhere/at/all", directory.join("secrets.key")),
      "EEXIST",
    ],
    ["is none", () => writeFileSync(directory.join("secrets.key"), "x"), "64 hexadecimal digits"],
  ])("for a key that %s leaves the directory free", async (_name, prepare, message) => {
    prepare();
    const start = (): Promise<FlawlessServer> =>
      startServer({ directory: directory.path, port: 0 });
    await expect(start()).rejects.toMatchObject({
      code: "DIRECTORY_UNUSABLE",
      message: expect.stringContaining(message),
    });
    rmSync(directory.join("secrets.key"));

    await using server = await start();
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});
