import { readFileSync, writeFileSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openControlPlane, startControlPlane } from "./control-plane.ts";
import { FakeFlawless } from "./testing/fake-flawless.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
});

afterEach(() => {
  directory.remove();
});

describe("startControlPlane", () => {
  test("keeps jobs and blobs across a restart", async () => {
    const options = { directory: directory.path, port: 0, flawlessUrl: null };
    const first = await startControlPlane(options);
    await fetch(`${first.url}/new-job`, {
      method: "POST",
      body: new URLSearchParams({ url: "u" }),
    });
    const stored = await fetch(`${first.url}/iroh/blob/store`, { method: "POST", body: "bytes" });
    const { hash } = (await stored.json()) as { readonly hash: string };
    await first.close();

    await using second = await startControlPlane(options);
    const jobs = await fetch(`${second.url}/queue/list`);
    const blob = await fetch(`${second.url}/iroh/blob/${hash}`);
    expect(await jobs.json()).toMatchObject([{ job_id: "job-0", payload: { id: 0, url: "u" } }]);
    expect(await blob.text()).toBe("bytes");
  });

  test("deploys the stand-in for the crawler by default", async () => {
    await using flawless = await FakeFlawless.start();
    await using controlPlane = await startControlPlane({
      directory: directory.path,
      port: 0,
      flawlessUrl: flawless.url,
    });
    const health = async (): Promise<unknown> => (await fetch(`${controlPlane.url}/health`)).json();
    await expect
      .poll(health, { timeout: 20_000 })
      .toMatchObject({ status: "ok", flawless: { modules: ["flawless-ts-crawler:0.1.8"] } });
    expect(flawless.deployed).toHaveLength(1);
    // The committed file, even if the tests run on modules built elsewhere.
    const file = new URL(
      import.meta.resolve("@flawless-ts/wasm-module/fixtures/crawler_stand_in.wasm"),
    );
    expect(flawless.deployed[0]?.includes(readFileSync(file))).toBe(true);
  });

  test("takes back the jobs of a worker that is silent", async () => {
    await using controlPlane = await openControlPlane({
      directory: directory.path,
      port: 0,
      flawlessUrl: null,
      rules: { workerTimeoutMs: 100 },
    });
    const { queue } = controlPlane;
    const name = { name: "w", cpuCores: null, memoryMb: null, metadata: "{}" };
    await queue.register({ id: "w", type: "wasm", ...name });
    await queue.publishNext({ payload: "{}", workerTypes: [], requestId: "r" });
    await queue.claim("w", null);
    await expect
      .poll(() => queue.job("job-1"), { timeout: 20_000 })
      .toMatchObject({
        status: "Pending",
        retries: 1,
      });
  });

  test("frees everything it opened if it can't start", async () => {
    const options = { directory: directory.path, port: 0, flawlessUrl: null };
    writeFileSync(directory.join("blobs"), "a file in the way");
    await expect(startControlPlane(options)).rejects.toMatchObject({ code: "DIRECTORY_UNUSABLE" });
    await expect(startControlPlane({ ...options, tokens: [] })).rejects.toThrow();
    directory.remove();
    await expect(startControlPlane({ ...options, tokens: ["a b"] })).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
    });
    await expect(startControlPlane({ ...options, host: "192.0.2.1" })).rejects.toMatchObject({
      code: "FLAWLESS_LISTEN_ADDRESS_UNUSABLE",
    });
    await using started = await startControlPlane(options);
    expect((await fetch(`${started.url}/health`)).status).toBe(200);
  });

  test.each([
    { nodeId: "a b" },
    { rules: { maxRetries: -1 } },
    { rules: { workerTimeoutMs: 0 } },
    { apiLimits: { blobBytes: 0 } },
    { apiLimits: { blobByte: 1 } },
    { limits: {} },
  ])("refuses %j", async (bad) => {
    const options = { directory: directory.path, port: 0, flawlessUrl: null, ...bad };
    await expect(startControlPlane(options)).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
    });
  });

  test("may be closed twice", async () => {
    const server = await startControlPlane({
      directory: directory.path,
      port: 0,
      flawlessUrl: null,
    });
    await Promise.all([server.close(), server.close()]);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });
});
