import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LoopbackServer } from "../testing/loopback-server.ts";
import { TestEngine } from "../testing/test-engine.ts";
import type { Resolver } from "./guarded-connector.ts";
import { NetworkHttpClient } from "./network-http-client.ts";
import type { NetworkRules, RefusedHost } from "./network-rules.ts";

let server: LoopbackServer;
let port: number;
let requests = 0;

beforeAll(async () => {
  server = await LoopbackServer.http((request, response) => {
    requests += 1;
    const to = new URL(request.url ?? "/", "http://x").searchParams.get("to");
    if (to === null) {
      response.end("reached");
    } else {
      response.writeHead(302, { location: to }).end();
    }
  });
  port = Number(new URL(server.url).port);
});

afterAll(async () => {
  await server.close();
});

afterEach(() => {
  requests = 0;
  answers = [];
  asked = 0;
});

async function send(rules: NetworkRules, url: string): Promise<string> {
  const refused: RefusedHost[] = [];
  const client = new NetworkHttpClient(undefined, {
    rules,
    resolver,
    onRefused: (host) => refused.push(host),
  });
  const request = { method: "GET", url, headers: [], body: new Uint8Array(), idempotent: false };
  const options = { signal: new AbortController().signal, bodyLimitBytes: 1_000 };
  try {
    const { body } = await client.send(request, options);
    return Buffer.from(body).toString();
  } catch (error) {
    return `${(error as Error).message} (${JSON.stringify(refused)})`;
  }
}

/** The addresses of any name: one answer after the other, then the last one forever. */
let answers: readonly (readonly string[])[] = [];
let asked = 0;

const resolver: Resolver = (_name, _options, done) => {
  const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
  asked += 1;
  done(
    null,
    answer.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
  );
};

describe("a request is refused", () => {
  test("to an address, before a connection is made", async () => {
    expect(await send({ denyPrivate: true }, server.url)).toMatch(
      /^the rules of this server do not let workflows call 127\.0\.0\.1:\d+ \(/,
    );
    expect(requests).toBe(0);
  });

  test("to a name that resolves to such an address", async () => {
    answers = [["127.0.0.1"]];
    expect(await send({ denyPrivate: true }, `http://site.test:${port}/`)).toContain(
      `"host":"site.test","port":${port},"address":"127.0.0.1","rule":"no private addresses"`,
    );
    expect(requests).toBe(0);
  });

  test("after a redirect there", async () => {
    answers = [["127.0.0.1"]];
    const rules = { allowHosts: ["first.test"] };
    const url = (to: string): string => `http://first.test:${port}/?to=${encodeURIComponent(to)}`;

    expect(await send(rules, url(`http://second.test:${port}/`))).toMatch(/call second\.test:/);
    expect(await send(rules, url("/"))).toBe("reached");
    expect(requests).toBe(3);
  });
});

describe("the address that was checked is the one that is called", () => {
  test("whatever the name resolves to a moment later", async () => {
    // 192.0.2.1 is reserved for documentation, so there is no host.
    answers = [["127.0.0.1"], ["192.0.2.1"]];
    expect(await send({ denyHosts: ["192.0.2.0/24"] }, `http://site.test:${port}/`)).toBe(
      "reached",
    );
    expect(asked).toBe(1);
  });

  test("if a name has several, one that is allowed is called", async () => {
    answers = [["192.0.2.1", "127.0.0.1"]];
    expect(await send({ denyHosts: ["192.0.2.0/24"] }, `http://site.test:${port}/`)).toBe(
      "reached",
    );
  });
});

test("a guest gets a transport error immediately, even for an idempotent request", async () => {
  const client = new NetworkHttpClient(undefined, { rules: { denyPrivate: true } });
  await using engine = await TestEngine.open({
    client,
    limits: { retry: { attempts: 5, initialDelayMs: 60_000, maxDelayMs: 60_000 } },
  });
  const answer = await engine.run("http", { method: "GET", url: server.url, idempotent: true });

  expect(JSON.stringify(answer)).toContain("do not let workflows call");
  expect(requests).toBe(0);
});
