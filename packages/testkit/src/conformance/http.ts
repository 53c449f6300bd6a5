import { expect } from "vitest";
import type { InProcessScenario, Scenario } from "./scenario.ts";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("base64");

const statuses: readonly Scenario[] = [200, 299, 400, 404, 503].map((status) => ({
  name: `the status ${status} is ${status < 400 ? "an answer" : "an error with an answer"}`,
  expected:
    status < 400
      ? expect.objectContaining({ ok: expect.objectContaining({ status, body: "because" }) })
      : { status_error: { code: status, body: "because" } },
  requests: [`GET /status/${status}`],
  play: async ({ module, world }) =>
    (await module.start("http", { method: "GET", url: `${world}/status/${status}` })).response(),
}));

/** Requests and their outcomes. */
export const http: readonly Scenario[] = [
  ...statuses,
  {
    name: "a request leaves as it was made; the answer's headers are in lower case",
    expected: ["grüße", true, ["x-echo", "Yes"]],
    requests: ["PATCH /echo grüße"],
    play: async ({ module, world }) => {
      const url = `${world}/echo`;
      const run = await module.start("http", {
        method: "PATCH",
        url,
        headers: [["X-Own", "1"]],
        body: "grüße",
      });
      const { ok } = (await run.response()) as {
        ok: { body: string; url: string; headers: [string, string][] };
      };
      return [ok.body, ok.url === url, ok.headers.find(([name]) => name === "x-echo")];
    },
  },
  {
    name: "every byte is kept both ways",
    expected: { status: 200, base64: everyByte },
    requests: [`POST /echo ${Buffer.from(everyByte, "base64").toString()}`],
    play: async ({ module, world }) =>
      (await module.start("http_bytes", { url: `${world}/echo`, base64: everyByte })).response(),
  },
  {
    name: "a body over the guest's limit is cut off",
    expected: "0123",
    requests: ["POST /echo 0123456789"],
    play: async ({ module, world }) => {
      const run = await module.start("http", {
        method: "POST",
        url: `${world}/echo`,
        body: "0123456789",
        body_limit: 4,
      });
      return ((await run.response()) as { ok: { body: string } }).ok.body;
    },
  },
  {
    name: "requests of a sequence leave one after the other",
    expected: ["ok", "status_error", "ok"],
    requests: ["GET /one", "GET /status/500", "GET /three"],
    play: async ({ module, world }) => {
      const urls = [`${world}/one`, `${world}/status/500`, `${world}/three`];
      const outcomes = (await (
        await module.start("http_sequence", { urls })
      ).response()) as object[];
      return outcomes.flatMap((outcome) => Object.keys(outcome));
    },
  },
  {
    name: "a time-out is of kind Io and says so",
    expected: {
      transport_error: expect.objectContaining({
        kind: "Io",
        message: expect.stringContaining("timed out"),
      }),
    },
    requests: ["GET /hang"],
    play: async ({ module, world }) =>
      (
        await module.start("http", { method: "GET", url: `${world}/hang`, timeout_ms: 500 })
      ).response(),
  },
  {
    name: "a connection that breaks is the guest's to handle, and the request is not repeated",
    expected: { transport_error: expect.objectContaining({ kind: "Io" }) },
    requests: ["POST /broken once"],
    play: async ({ module, world }) =>
      (
        await module.start("http", { method: "POST", url: `${world}/broken`, body: "once" })
      ).response(),
  },
  {
    name: "an idempotent request is sent again after a broken connection",
    expected: { ok: expect.objectContaining({ body: "whole" }) },
    requests: ["GET /broken-once", "GET /broken-once"],
    play: async ({ module, world }) =>
      (
        await module.start("http", { method: "GET", url: `${world}/broken-once`, idempotent: true })
      ).response(),
  },
  {
    name: "an idempotent request is sent again after a time-out",
    expected: { ok: expect.objectContaining({ body: "answered later" }) },
    requests: ["GET /slow-once", "GET /slow-once"],
    play: async ({ module, world }) =>
      (
        await module.start("http", {
          method: "GET",
          url: `${world}/slow-once`,
          idempotent: true,
          timeout_ms: 500,
        })
      ).response(),
  },
  {
    name: "an idempotent request is not sent again for a status: that is an answer",
    expected: { status_error: { code: 503, body: "because" } },
    requests: ["GET /status/503"],
    play: async ({ module, world }) =>
      (
        await module.start("http", { method: "GET", url: `${world}/status/503`, idempotent: true })
      ).response(),
  },
  {
    name: "an idempotent request is given up after five attempts",
    expected: { transport_error: expect.objectContaining({ kind: "Io" }) },
    requests: Array.from({ length: 5 }, () => "GET /broken"),
    play: async ({ module, world }) =>
      (
        await module.start("http", { method: "GET", url: `${world}/broken`, idempotent: true })
      ).response(),
  },
];

const transportKinds = [
  "InvalidUrl",
  "UnknownScheme",
  "Dns",
  "ConnectionFailed",
  "TooManyRedirects",
  "BadStatus",
  "BadHeader",
  "Io",
] as const;

/** Outcomes of every kind, and a time-out that takes too long on a real clock. */
export const transportErrors: readonly InProcessScenario[] = [
  ...transportKinds.map((kind): InProcessScenario => ({
    name: `a transport error of kind ${kind} reaches the guest`,
    environment: { faults: { requests: [{ request: 1, fail: kind }] } },
    expected: { transport_error: expect.objectContaining({ kind }) },
    play: async ({ module, world }) =>
      (await module.start("http", { method: "GET", url: `${world}/` })).response(),
  })),
  {
    name: "the crate's time-out is 120 seconds",
    expected: [{ transport_error: expect.objectContaining({ kind: "Io" }) }, 120_000],
    requests: ["GET /hang"],
    play: async ({ env, module, world }) => {
      const start = env.now;
      const run = await module.start("http", { method: "GET", url: `${world}/hang` });
      const response = await run.response();
      return [response, env.now - start];
    },
  },
];

/** The same kinds, provoked on a real network. */
export const realTransportErrors: readonly Scenario[] = (
  [
    ["InvalidUrl", "a URL without a host", () => "http://"],
    ["UnknownScheme", "a scheme that isn't HTTP", () => "ftp://127.0.0.1/"],
    // A label of more than 63 characters is not a valid name, so no name server is asked.
    ["Dns", "a name that can't be resolved", () => `http://${"a".repeat(64)}.invalid/`],
    ["ConnectionFailed", "a port at which nobody listens", () => "http://127.0.0.1:1/"],
    ["TooManyRedirects", "redirects without end", (world: string) => `${world}/redirect`],
    ["BadStatus", "a response that is not HTTP", (world: string) => `${world}/bad-status`],
    ["BadHeader", "a header without a name", (world: string) => `${world}/bad-header`],
    ["Io", "a connection that breaks", (world: string) => `${world}/broken`],
  ] as const
).map(([kind, what, urlIn]) => ({
  name: `${what} is a transport error of kind ${kind}`,
  expected: { transport_error: expect.objectContaining({ kind }) },
  requests: requestsFor(urlIn("")),
  play: async ({ module, world }) =>
    (await module.start("http", { method: "GET", url: urlIn(world) })).response(),
}));

/** A redirect is followed five times. */
function requestsFor(path: string): readonly string[] {
  return path.startsWith("/")
    ? Array.from({ length: path === "/redirect" ? 6 : 1 }, () => `GET ${path}`)
    : [];
}
