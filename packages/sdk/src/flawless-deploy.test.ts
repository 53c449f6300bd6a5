import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { defineContract, type } from "@flawless-ts/wasm-module";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOf } from "./testing/client-of.ts";
import { FakeServer } from "./testing/fake-server.ts";
import { refusal } from "./testing/server-answers.ts";

describe("deploy", () => {
  const crawler = fixtureBytes("crawler");
  const deployed = { json: { ok: { name: "crawler", version: "0.1.8" } } };
  let directory = "";
  let path = "";

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "flawless-sdk-"));
    path = join(directory, "crawler.wasm");
    await writeFile(path, crawler);
    await writeFile(join(directory, "empty.wasm"), "");
  });
  afterAll(async () => rm(directory, { recursive: true }));

  test("sends bytes, a path and a file: URL alike", async () => {
    await using server = await FakeServer.start({ "POST /api/module/deploy": deployed });
    await using flawless = clientOf(server);
    const buffer = new Uint8Array(crawler).buffer;
    for (const source of [crawler, buffer, path, pathToFileURL(path)]) {
      expect(await flawless.deploy(source)).toMatchObject({ name: "crawler", version: "0.1.8" });
    }
    expect(server.requests).toHaveLength(4);
    for (const { headers, body } of server.requests) {
      const boundary =
        /^multipart\/form-data; boundary=(.+)$/.exec(headers["content-type"] ?? "")?.[1] ?? "";
      const start = body.indexOf("\r\n\r\n") + 4;
      expect(body.subarray(0, start).toString()).not.toContain("filename");
      expect(body.subarray(start, body.lastIndexOf(`\r\n--${boundary}--`)).equals(crawler)).toBe(
        true,
      );
    }
  });

  test("is retried, because the same bytes can be deployed again", async () => {
    await using server = await FakeServer.start({
      "POST /api/module/deploy": ["hang up", { status: 503, text: "" }, deployed],
    });
    await using flawless = clientOf(server);
    await flawless.deploy(crawler);
    expect(server.requests).toHaveLength(3);
  });

  test("reports why the server refuses", async () => {
    await using server = await FakeServer.start({
      "POST /api/module/deploy": [
        refusal(422, "MODULE_REFUSED", "imports env.abort"),
        refusal(409, "MODULE_CONFLICT", "other bytes"),
      ],
    });
    await using flawless = clientOf(server);
    await expect(flawless.deploy(crawler)).rejects.toMatchObject({
      code: "FLAWLESS_MODULE_REFUSED",
    });
    await expect(flawless.deploy(crawler)).rejects.toMatchObject({ code: "FLAWLESS_CONFLICT" });
  });

  test("refuses anything but a module's file before any request", async () => {
    await using server = await FakeServer.start({});
    await using flawless = clientOf(server);
    const missing = join(directory, "missing.wasm");
    await expect(flawless.deploy(missing)).rejects.toMatchObject({
      code: "FLAWLESS_MODULE_FILE",
      path: missing,
      message: expect.stringMatching(/Cannot read .*missing\.wasm: ENOENT/),
      cause: { code: "ENOENT" },
    });
    await expect(flawless.deploy(directory)).rejects.toMatchObject({
      code: "FLAWLESS_MODULE_FILE",
      cause: { code: "EISDIR" },
    });
    await expect(flawless.deploy(join(directory, "empty.wasm"))).rejects.toThrow(
      /empty\.wasm is empty/,
    );
    await expect(flawless.deploy(new Uint8Array())).rejects.toMatchObject({
      code: "FLAWLESS_MODULE_FILE",
      path: null,
    });
    await expect(flawless.deploy(new URL("https://flawless.test/a.wasm"))).rejects.toMatchObject({
      option: "module",
    });
    await expect(flawless.deploy(7 as unknown as Uint8Array)).rejects.toMatchObject({
      option: "module",
    });
    expect(server.requests).toHaveLength(0);
  });

  test("reads no file for a call that is already aborted", async () => {
    await using server = await FakeServer.start({});
    await using flawless = clientOf(server);
    await expect(flawless.deploy(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "FLAWLESS_ABORTED",
    });
    expect(server.requests).toHaveLength(0);
  });

  test("with a contract, deploys only the contract's module", async () => {
    await using server = await FakeServer.start({ "POST /api/module/deploy": deployed });
    await using flawless = clientOf(server);
    const right = defineContract({
      name: "crawler",
      version: "0.1.8",
      workflows: { start: { input: type<{ id: number }>() } },
    });
    expect(await flawless.deploy(crawler, { contract: right })).toMatchObject({ name: "crawler" });

    const wrong = defineContract({
      name: "shop",
      version: "2.0.0",
      workflows: { start: {}, checkout: {} },
    });
    await expect(flawless.deploy(crawler, { contract: wrong })).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      direction: "module",
      issues: [
        { path: "$.name", message: 'expected "shop", but the module\'s is "crawler"' },
        { path: "$.version", message: 'expected "2.0.0", but the module\'s is "0.1.8"' },
        {
          path: "$.workflows.checkout",
          message: 'the module has no such workflow, it has "start"',
        },
      ],
    });
    expect(server.requests).toHaveLength(1);
  });

  test("with a contract, leaves bytes that aren't a module to the server, and reads its response", async () => {
    await using server = await FakeServer.start({ "POST /api/module/deploy": deployed });
    await using flawless = clientOf(server);
    const contract = defineContract({ name: "crawler", version: "0.2.0", workflows: {} });
    await expect(flawless.deploy(new Uint8Array(8), { contract })).rejects.toMatchObject({
      issues: [{ path: "$.version", message: 'expected "0.2.0", but the module\'s is "0.1.8"' }],
    });
    expect(server.requests).toHaveLength(1);
  });
});
