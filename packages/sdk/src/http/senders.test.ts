import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Agent, MockAgent, request } from "undici";
import { describe, expect, test } from "vitest";
import { FakeServer } from "../testing/fake-server.ts";
import { FetchSender } from "./fetch-sender.ts";
import type { LoadPackage } from "./load-package.ts";
import type { Sender } from "./sender.ts";
import { type SenderOptions, Senders } from "./senders.ts";
import { UndiciSender } from "./undici-sender.ts";

const missing: LoadPackage = (name) => Promise.reject(new Error(`Cannot find package '${name}'`));
const ticket = "iroh+h3://endpointabc/";

function senders(options: Partial<SenderOptions> = {}, load?: LoadPackage): Senders {
  const all: SenderOptions = {
    ca: null,
    dispatcher: null,
    fetch: null,
    irohDiscovery: false,
    tickets: new Map([["iroh+h3://abc", ticket]]),
    ...options,
  };
  return new Senders(all, "flawless", load);
}

async function ask(sender: Sender, url: string): Promise<number> {
  const answer = await sender.send({
    url,
    method: "GET",
    headers: {},
    body: null,
    signal: new AbortController().signal,
    headersWithinMs: 0,
    bodyWithinMs: 0,
  });
  await answer.discard();
  return answer.status;
}

describe("under Node", () => {
  test("it is undici, loaded for the first request and kept", async () => {
    const loaded: string[] = [];
    const own = senders({}, async (name) => {
      loaded.push(name);
      return { Agent, request };
    });
    expect(loaded).toEqual([]);
    const sender = await own.of("http://a.test");
    expect(sender).toBeInstanceOf(UndiciSender);
    expect(await own.of("http://b.test")).toBe(sender);
    expect(loaded).toEqual(["undici"]);
    await own.close();
  });

  test("an idle connection is closed, however long the server would keep it", async () => {
    const server = createServer((_request, response) => response.end());
    server.keepAliveTimeout = 600_000;
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connected = once(server, "connection") as Promise<[Socket]>;
    const own = senders();
    const sender = await own.of(url);
    expect(await ask(sender, url)).toBe(200);
    const [socket] = await connected;
    if (!socket.closed) await once(socket, "close");
    await own.close();
    server.close();
  });

  test("in a bundle without undici, it is fetch", async () => {
    const own = senders({}, missing);
    await using server = await FakeServer.start({ "GET /thing": { text: "fine" } });
    const sender = await own.of(server.url);
    expect(sender).toBeInstanceOf(FetchSender);
    expect(await ask(sender, `${server.url}/thing`)).toBe(200);
    await own.close();
  });

  test.each<[string, Partial<SenderOptions>, string]>([
    ["ca", { ca: "-----BEGIN CERTIFICATE-----" }, "http://a.test"],
    ["dispatcher", { dispatcher: new Agent() }, "http://a.test"],
    ["url", {}, "iroh+h3://abc"],
  ])("an option that needs undici says so if it is missing: %s", async (name, options, base) => {
    await expect(senders(options, missing).of(base)).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
      option: name,
      message: expect.stringContaining("npm install undici"),
    });
  });

  test("a ticket has its own sender", async () => {
    const own = senders();
    expect(await own.of("iroh+h3://abc")).not.toBe(await own.of("http://a.test"));
    await own.close();
  });

  test("closing leaves a passed dispatcher open", async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    dispatcher.get("http://a.test").intercept({ path: "/" }).reply(204, "");
    const own = senders({ dispatcher });
    const sender = await own.of("http://a.test");
    await own.close();
    expect(await ask(sender, "http://a.test/")).toBe(204);
    await dispatcher.close();
  });
});

test("a passed fetch is used, and undici is not loaded", async () => {
  const urls: string[] = [];
  const own = senders(
    {
      fetch: async (url) => {
        urls.push(url);
        return new Response(null, { status: 204 });
      },
    },
    missing,
  );
  expect(await ask(await own.of("http://a.test"), "http://a.test/thing")).toBe(204);
  expect(urls).toEqual(["http://a.test/thing"]);
});
