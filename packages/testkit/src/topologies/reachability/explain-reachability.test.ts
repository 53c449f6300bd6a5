import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort } from "../../containers/docker/free-port.ts";
import type { UrlAnswer } from "../members/member-handle.ts";
import { explainReachability } from "./explain-reachability.ts";

async function listening(server: Server): Promise<AsyncDisposable & { readonly url: string }> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serving(handler: RequestListener): ReturnType<typeof listening> {
  return listening(createServer({ keepAliveTimeout: 1 }, handler));
}

describe("requesting a URL", () => {
  test("that is right", async () => {
    await using flawless = await serving((_request, response) => {
      response.setHeader("connection", "close").end('{"status":"ok","version":"1"}');
    });
    expect(await explainReachability(`${flawless.url}/`, { from: "host" })).toEqual({
      url: `${flawless.url}/`,
      from: "host",
      outcome: "ok",
      detail: "a Flawless server answers: it is ok",
      cause: null,
      fitting: [],
      text: `${flawless.url}/ (asked from the host): a Flawless server answers: it is ok.`,
    });
  });

  test("of the original server, which has only a version", async () => {
    await using flawless = await serving((request, response) => {
      response.setHeader("connection", "close");
      response.statusCode = request.url === "/version" ? 200 : 404;
      response.end("1.0.0-beta.3");
    });
    expect(await explainReachability(flawless.url)).toMatchObject({ outcome: "ok" });
  });

  test("of a control plane, or of something else", async () => {
    await using controlPlane = await serving((_request, response) => {
      response.setHeader("connection", "close").end('{"status":"ok","node_id":"n","store":{}}');
    });
    await using other = await serving((_request, response) => {
      response.setHeader("connection", "close").end("<html>");
    });
    expect(await explainReachability(controlPlane.url)).toMatchObject({
      outcome: "not-flawless",
      detail: "a control plane answers there",
      cause: expect.stringContaining("27288"),
    });
    expect(await explainReachability(other.url)).toMatchObject({ outcome: "not-flawless" });
  });

  test("where nothing listens", async () => {
    const url = `http://127.0.0.1:${await freePort("127.0.0.1", new Set())}`;
    const reachability = await explainReachability(url, { from: "host" });
    expect(reachability).toMatchObject({
      outcome: "refused",
      cause: expect.stringContaining("port is not published"),
      fitting: ["exposed-port", "same-container"],
    });
    expect(reachability.text).toContain(`${url} (asked from the host): nothing listens there: `);
    expect(reachability.text).toContain("ECONNREFUSED");
    expect(reachability.text).toContain("\n  exposed-port: publish the server's port (`-p ");
  });

  test("that accepts the connection and resets it, like a published port with nothing behind it", async () => {
    await using broken = await listening(createTcpServer((socket) => socket.destroy()));
    expect(await explainReachability(broken.url)).toMatchObject({
      outcome: "reset",
      cause: expect.stringContaining("--bind 0.0.0.0:27288"),
      fitting: ["exposed-port", "container-network"],
    });
  });

  test("that is invalid", async () => {
    expect(await explainReachability("flawless:27288")).toMatchObject({
      outcome: "failed",
      detail: "it is neither an http or https URL nor a ticket",
    });
  });
});

describe("a ticket", () => {
  const ticket = `iroh+h3://endpoint${"a".repeat(60)}/`;

  test("leads to a Flawless server, unless no UDP passes", async () => {
    const well = async (): Promise<UrlAnswer> => ({ status: 200, text: '{"status":"ok"}' });
    expect(await explainReachability(ticket, { from: "container", ask: well })).toMatchObject({
      outcome: "ok",
      cause: null,
    });
    const silent = async (): Promise<UrlAnswer> => ({ code: "ETIMEDOUT", message: "no answer" });
    expect(await explainReachability(ticket, { from: "container", ask: silent })).toMatchObject({
      outcome: "timeout",
      cause: expect.stringContaining("No UDP passes"),
      text: expect.stringMatching(/^the ticket \(asked from within a container\): no answer came/),
    });
  });
});

describe("the likely cause", () => {
  test.each([
    ["http://mvm-ci-node1:27288", "host", "ENOTFOUND", "name-not-found", "exposed-port"],
    ["http://mvm-ci-node9:27288", "container", "EAI_AGAIN", "name-not-found", "container-network"],
    ["http://localhost:27288", "container", "ECONNREFUSED", "refused", "container-network"],
    ["http://192.168.100.11:27288", "container", "ECONNREFUSED", "refused", "container-network"],
    ["http://192.168.100.11:27288", "host", "EHOSTUNREACH", "timeout", "exposed-port"],
    ["http://172.20.0.5:27288", "host", "ETIMEDOUT", "timeout", "exposed-port"],
    ["http://203.0.113.1:27288", "host", "ETIMEDOUT", "timeout", undefined],
    ["http://localhost:22", "host", "HPE_INVALID_CONSTANT", "not-flawless", undefined],
    ["http://localhost:22", "host", "ESTRANGE", "failed", undefined],
  ] as const)("with %s from the %s: %s", async (url, from, code, outcome, first) => {
    const ask = async (): Promise<{ readonly code: string; readonly message: string }> => ({
      code,
      message: `connect ${code}`,
    });
    const reachability = await explainReachability(url, { from, ask });
    expect(reachability.outcome).toBe(outcome);
    expect(reachability.fitting[0]).toBe(first);
    expect(reachability.text).toContain(url);
    expect(reachability.cause).not.toBeNull();
  });
});
