import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { limitDescriptors, OpenConnection } from "@flawless-ts/test-helpers";
import { Flawless } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterEach, beforeEach, describe, expect, onTestFailed, test } from "vitest";
import { until } from "../testing/until.ts";
import { ServerProcess } from "./server-process.ts";

const descriptors = 1_024;
const silentClients = 1_100;
/** More than an idle server of this size takes, and less than a hundred guests would take. */
const maxMemoryBytes = 600 * 2 ** 20;

/** Responds to the requests of guests. */
const site = createServer((_request, response) => response.end("hello"));
const silent: Socket[] = [];

beforeEach(async () => {
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
});

afterEach(async () => {
  for (const socket of silent.splice(0)) {
    socket.destroy();
  }
  site.closeAllConnections();
  site.close();
  await once(site, "close");
});

function siteUrl(): string {
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
}

function residentBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024;
}

function openDescriptors(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

const start = (
  known: OpenConnection,
  workflow: string,
  input: unknown,
): Promise<{ readonly status: number; readonly text: string }> =>
  known.ask("/api/workflow/start", {
    module: "conformance",
    version: "1.0.0",
    workflow,
    input: JSON.stringify(input),
  });

describe.runIf(process.platform === "linux")("where file descriptors run out", () => {
  test("silent clients are refused beyond what the process can hold, and the rest continues", async () => {
    await using server = await ServerProcess.start({
      launcher: ["prlimit", `--nofile=${descriptors}:${descriptors}`],
      parameters: ["--limit", "headersTimeoutMs=2s", "--limit", "processMemoryBytes=512Mi"],
    });
    onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
    await server.flawless.deploy(fixtureBytes("conformance"));
    using known = new OpenConnection(server.url);
    await known.ask("/version");
    expect(server.output).toMatch(/may have 1024 files and connections open/);

    const port = Number(new URL(server.url).port);
    const closed: Promise<unknown>[] = [];
    for (let n = 0; n < silentClients; n += 1) {
      const socket = connect(port, "127.0.0.1").on("error", () => undefined);
      closed.push(once(socket, "close").catch(() => undefined));
      socket.resume();
      silent.push(socket);
    }
    await Promise.all(silent.slice(0, 100).map((socket) => once(socket, "connect")));
    await until(() => openDescriptors(server.pid) > descriptors / 3);

    const sum = await start(known, "add", { a: 2, b: 3 });
    const page = await start(known, "http", { method: "GET", url: siteUrl() });
    const backup = await known.ask("/api/backup");
    expect([sum.status, page.status, backup.status]).toEqual([200, 200, 200]);
    expect(page.text).toContain("hello");
    expect(residentBytes(server.pid)).toBeLessThan(maxMemoryBytes);

    await Promise.all(closed);
    await using newcomer = new Flawless({ url: server.url, retry: false });
    const run = await newcomer.module("conformance", "1.0.0").start("add", { a: 2, b: 3 });
    expect(await run.response()).toBe(5);
    expect(server.runs).toBe(true);
  });

  test("the process continues with what it has, and fully when descriptors are available again", async () => {
    await using server = await ServerProcess.start({
      parameters: ["--limit", "moveNeighboursAfterMs=100"],
    });
    onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
    await server.flawless.deploy(fixtureBytes("conformance"));
    using known = new OpenConnection(server.url);
    await start(known, "add", { a: 1, b: 1 });
    const limit = limitDescriptors(server.pid ?? 0);

    expect((await start(known, "add", { a: 2, b: 3 })).status).toBe(200);
    expect((await start(known, "http", { method: "GET", url: siteUrl() })).text).toMatch(
      /transport_error/,
    );
    for (const path of ["/metrics", "/", "/api/backup", "/openapi.json"]) {
      expect([200, 503], path).toContain((await known.ask(path)).status);
    }
    // Its thread can't be replaced; the timers that watch guests and memory continue.
    await start(known, "busy_loop_after_response", null);
    await until(() => /there is no thread|too many open files|EMFILE/i.test(server.output));

    limit[Symbol.dispose]();
    for (const path of ["/metrics", "/", "/api/backup", "/openapi.json", "/api/workflows"]) {
      expect([path, (await known.ask(path)).status]).toEqual([path, 200]);
    }
    const page = await start(known, "http", { method: "GET", url: siteUrl() });
    expect(page.text).toContain("hello");
    expect((await server.flawless.health()).status).toBe("ok");
    expect(server.runs).toBe(true);
  });
});
