import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Flawless } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

/** As many as the machine allows per process: each needs a file descriptor here, and one in the server. */
const clients = Math.min(10_000, openFilesLimit() - 500);
const batch = 250;
/** The max attempts for a connection that the kernel had no room for. */
const maxTries = 10;

function openFilesLimit(): number {
  const report = process.report.getReport() as unknown as {
    readonly userLimits?: { readonly open_files?: { readonly hard?: number | string } };
  };
  const hard = Number(report.userLimits?.open_files?.hard);
  return Number.isFinite(hard) ? hard : 1_024;
}

interface SlowClient {
  readonly socket: Socket;
  /** What it received before its connection was closed. */
  readonly told: Promise<string>;
}

/** Starts a request and never ends it. */
async function slowClient(port: number): Promise<SlowClient> {
  for (let tries = 1; ; tries += 1) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
    } catch (error) {
      if (tries === maxTries) {
        throw error;
      }
      continue;
    }
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
    socket.on("error", () => undefined);
    const told = once(socket, "close").then(() => text);
    socket.write("POST /api/workflow/start HTTP/1.1\r\nHost: localhost\r\n");
    return { socket, told };
  }
}

test("ten thousand clients that never end their requests block nobody, and are disconnected", async () => {
  using directory = new TemporaryDirectory();
  await using server = new CliProcess([
    ...["up", "--working-dir", directory.path, "--bind", "127.0.0.1:0", "--json"],
    ...["--limit", "maxConnections=12000", "--limit", "headersTimeoutMs=15s"],
  ]);
  const { url } = JSON.parse(await server.firstLine) as { url: string };
  await using flawless = new Flawless({ url, retry: false });
  const module = await flawless.deploy(fixtureBytes("conformance"));
  const slow: SlowClient[] = [];
  while (slow.length < clients) {
    const port = Number(new URL(url).port);
    slow.push(...(await Promise.all(Array.from({ length: batch }, () => slowClient(port)))));
  }
  const open = slow.filter(({ socket }) => !socket.destroyed).length;
  // A new client, on its own connection, is served as usual.
  await using newcomer = new Flawless({ url, retry: false });
  const sum = await newcomer.module("conformance", "1.0.0").execute("add", { a: 2, b: 3 });
  expect(sum).toBe(5);
  expect(await module.execute("echo", "still here")).toBe("still here");

  // How many are open at once depends on how fast this machine connects.
  expect(open).toBeGreaterThan(0);
  const told = await Promise.all(slow.map((client) => client.told));
  expect(told.filter((text) => !/^HTTP\/1\.1 408 [^]*REQUEST_TIMEOUT/.test(text))).toEqual([]);
  expect((await flawless.health()).status).toBe("ok");
}, 120_000);
