import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";

const tokens = ["first-secret", "second-secret"];
let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

function api(): FastifyInstance {
  app = createApi(fakeEngine(), { tokens });
  return app;
}

describe("tokens", () => {
  test.each([
    "Bearer first-secret",
    "Bearer second-secret",
    "bearer first-secret",
    `Basic ${btoa("anyone:first-secret")}`,
    `Basic ${btoa(":second-secret")}`,
  ])("lets in %s", async (authorization) => {
    const reply = await api().inject({ url: "/api/workflows", headers: { authorization } });
    expect(reply.statusCode).toBe(200);
  });

  test.each([
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer first-secre",
    "Bearer first-secrets",
    "Bearer first-secret second-secret",
    "Basic first-secret",
    `Basic ${btoa("anyone:first-secre")}`,
    `Basic ${btoa("first-secret:")}`,
    `Basic ${btoa("first-secret")}`,
    "first-secret",
  ])("refuse %j, always with the same response", async (authorization) => {
    const reply = await api().inject({
      url: "/api/workflows",
      headers: authorization === undefined ? {} : { authorization },
    });

    expect(reply.statusCode).toBe(401);
    expect(reply.headers["www-authenticate"]).toBe(
      'Basic realm="flawless", Bearer realm="flawless"',
    );
    expect(reply.json()).toEqual({
      error:
        "This server requires a token: send the header `Authorization: Bearer TOKEN` with one that it accepts.",
    });
    expect(reply.headers["flawless-error-code"]).toBe("UNAUTHORIZED");
  });

  test.each([
    ["GET", "/api/workflows"],
    ["GET", "/api/workflows/wkf_1"],
    ["GET", "/api/workflows/wkf_1/journal"],
    ["GET", "/api/workflows/wkf_1/wait"],
    ["GET", "/api/modules"],
    ["POST", "/api/workflows/wkf_1/cancel"],
    ["POST", "/api/workflow/start"],
    ["POST", "/api/workflow/send-msg/wkf_1"],
    ["POST", "/api/module/deploy"],
    ["DELETE", "/api/modules"],
    ["GET", "/api/no-such-route"],
    ["GET", "/%61pi/workflows"],
  ] as const)("are required for %s %s", async (method, url) => {
    const reply = await api().inject({ method, url });
    expect(reply.statusCode).toBe(401);
  });

  test.each(["/version", "/openapi.json"])("are not required for %s", async (url) => {
    const reply = await api().inject({ url });
    expect(reply.statusCode).toBe(200);
  });

  test("are not required for the health, but for its details", async () => {
    const open = await api().inject({ url: "/health" });
    const full = await app?.inject({
      url: "/health",
      headers: { authorization: "Bearer first-secret" },
    });

    expect(open.json()).toEqual({ status: "ok", version: expect.any(String) });
    expect(full?.json()).toEqual({
      status: "ok",
      version: expect.any(String),
      reason: null,
      running: 1,
    });
  });

  test("never appear in the log", async () => {
    let log = "";
    const sink = new Writable({
      write(chunk, _encoding, done) {
        log += String(chunk);
        done();
      },
    });
    app = createApi(fakeEngine(), { tokens, logger: pino({ level: "trace" }, sink) });
    for (const authorization of ["Bearer first-secret", "Bearer wrong-secret"]) {
      await app.inject({ url: "/api/workflows", headers: { authorization } });
    }

    expect(log).toContain("/api/workflows");
    expect(log).not.toMatch(/secret/);
  });

  test.each([[[]], [["with space"]], [[""]], [["good", "schlüssel"]]])(
    "are refused as an option if they are %j",
    (bad) => {
      expect(() => createApi(fakeEngine(), { tokens: bad })).toThrow(/token/);
    },
  );
});
