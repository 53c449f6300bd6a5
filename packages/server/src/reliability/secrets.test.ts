import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Flawless } from "@flawless-ts/sdk";
import { buildModule } from "@flawless-ts/module-builder";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { secretsKeyFileName } from "../store/make-secrets-key.ts";
import { type FlawlessServer, startServer } from "../server.ts";
import { LoopbackServer } from "../testing/loopback-server.ts";

const secret = 'hunter2-"q\\uoted"-\u00e9';

/** Puts a secret everywhere a workflow can write to. */
const source = `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "leaks", version: "1.0.0", workflows: {
  leak: async ({ url }, context) => {
    const secret = context.secret("TOKEN");
    console.log("got " + secret);
    const encoded = encodeURIComponent(secret);
    const send = (path, options) => context.fetch(url + path, { method: "POST", ...options });
    await send("/header", { headers: { "x-key": encoded, authorization: "Bearer " + encoded } });
    await send("/basic", { headers: { authorization: "Basic " + btoa("user:" + encoded) } });
    await send("/body", { body: JSON.stringify({ secret, nested: JSON.stringify({ secret }) }) });
    await send("/query?key=" + encoded + "&plain=" + secret);
    await context.start("child", { secret });
    await context.sleep(1);
    await context.receive("go");
    await context.respond({ secret });
    await context.receive("fail");
    throw new Error("no access with " + secret);
  },
  child: async ({ secret }, context) => {
    console.log("child got " + secret);
    await context.sleep(1);
  },
} });`;

/** The secret in every form that the workflow writes. */
const forms = ((): readonly string[] => {
  const encoded = encodeURIComponent(secret);
  const json = JSON.stringify({ secret, nested: JSON.stringify({ secret }) });
  return [
    "hunter2",
    encoded,
    btoa(`user:${encoded}`),
    Buffer.from(json).toString("base64"),
    Buffer.from(secret).toString("base64"),
  ];
})();

function leaksIn(text: string): readonly string[] {
  return forms.filter((form) => text.includes(form));
}

let wasm: Uint8Array;
let site: LoopbackServer;
let received = 0;
let directory: TemporaryDirectory;
let log: string;

beforeAll(async () => {
  const entry = join(fileURLToPath(new URL("../../", import.meta.url)), "leaks.ts");
  ({ wasm } = await buildModule({ entry, source }));
  site = await LoopbackServer.http(async (request, response) => {
    let body = "";
    for await (const chunk of request) {
      body += String(chunk);
    }
    received += 1;
    // It echoes the request, including the secret.
    response.end(`${request.url} ${JSON.stringify(request.headers)} ${body}`);
  });
});

afterAll(async () => {
  await site.close();
});

beforeEach(() => {
  log = "";
  received = 0;
});

function start(): Promise<FlawlessServer> {
  const logger = pino({ level: "trace" }, { write: (line: string) => (log += line) });
  return startServer({ directory: directory.path, port: 0, secrets: { TOKEN: secret }, logger });
}

/** All bytes of all files of the server, except the key. */
function onDisk(): string {
  return readdirSync(directory.path)
    .filter((name) => name !== secretsKeyFileName)
    .map((name) => readFileSync(directory.join(name), "latin1"))
    .join("\n");
}

describe("a secret that a workflow puts everywhere it can", { timeout: 120_000 }, () => {
  test("is in no file, log, history, list or error of the server, and the workflow survives restarts", async () => {
    using own = new TemporaryDirectory();
    directory = own;
    let id: string;
    {
      await using server = await start();
      await using flawless = new Flawless({ url: server.url, retry: false });
      const module = await flawless.deploy(wasm);
      ({ id } = await module.start("leak", { url: site.url }));
      await expect
        .poll(async () => (await flawless.workflow(id).info()).waiting)
        .toMatchObject({ types: ["go"] });
      expect(leaksIn(onDisk())).toEqual([]);
    }
    expect(received).toBe(4);
    expect(leaksIn(onDisk())).toEqual([]);

    await using server = await start();
    await using flawless = new Flawless({ url: server.url, retry: false });
    const workflow = flawless.workflow(id);
    await workflow.send("go", null);
    await expect.poll(async () => (await workflow.info()).response).toContain("hunter2");
    await workflow.send("fail", null);
    const end = await workflow.completion();
    // It replayed exactly, and sent nothing again.
    expect(end).toMatchObject({ status: "failed", error: { code: "THROWN" } });
    expect(received).toBe(4);

    const api = async (path: string): Promise<string> =>
      (await fetch(`${server.url}${path}`)).text();
    const info = JSON.parse(await api(`/api/workflows/${id}`)) as { ok: { response: string } };
    expect(info.ok.response).toBe(JSON.stringify({ secret }));
    expect(leaksIn(JSON.stringify({ ...info.ok, response: null }))).toEqual([]);
    expect(JSON.stringify(info)).toContain("no access with [secret]");
    const history = await api(`/api/workflows/${id}/journal`);
    expect(history).not.toContain("hunter2");
    expect(log).toContain("got [secret]");
    expect(leaksIn(log)).toEqual([]);
    await server.close();
    expect(leaksIn(onDisk())).toEqual([]);
  });

  test("can't be read with another key; the workflow continues with its own key", async () => {
    using own = new TemporaryDirectory();
    directory = own;
    const logger = pino({ level: "trace" }, { write: (line: string) => (log += line) });
    const startWith = (byte: number): Promise<FlawlessServer> =>
      startServer({
        directory: own.path,
        port: 0,
        secrets: { TOKEN: secret },
        secretsKey: Buffer.alloc(32, byte),
        logger,
      });
    let id: string;
    {
      await using server = await startWith(1);
      await using flawless = new Flawless({ url: server.url, retry: false });
      const module = await flawless.deploy(wasm);
      ({ id } = await module.start("leak", { url: site.url }));
      await expect
        .poll(async () => (await flawless.workflow(id).info()).waiting)
        .toMatchObject({ types: ["go"] });
    }
    expect(readdirSync(own.path)).not.toContain(secretsKeyFileName);
    {
      await using server = await startWith(2);
      await using flawless = new Flawless({ url: server.url, retry: false });
      await flawless.workflow(id).send("go", null);
      await expect.poll(() => log).toContain("the key is not the one it was sealed with");
      expect((await flawless.workflow(id).info()).status).toBe("running");
    }
    await using server = await startWith(1);
    await using flawless = new Flawless({ url: server.url, retry: false });
    await expect.poll(async () => (await flawless.workflow(id).info()).response).not.toBeNull();
  });
});
