import { afterEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";
import type { EngineHealth } from "./engine-api.ts";
import { serverVersion } from "../server-version.ts";

let app: FastifyInstance | undefined;

function api(health: EngineHealth = { status: "ok", reason: null, running: 3 }): FastifyInstance {
  app = createApi(fakeEngine({ health: () => health }));
  return app;
}

afterEach(async () => {
  await app?.close();
});

describe("GET /version", () => {
  test("returns the version as text", async () => {
    const reply = await api().inject({ url: "/version" });

    expect(reply.payload).toBe(serverVersion);
    expect(reply.headers["content-type"]).toBe("text/plain; charset=utf-8");
  });
});

describe("GET /health", () => {
  test("reports the engine's health", async () => {
    const reply = await api().inject({ url: "/health" });

    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({
      status: "ok",
      version: serverVersion,
      reason: null,
      running: 3,
    });
    expect(reply.headers["cache-control"]).toBe("no-store");
  });

  test("has status 503 while the engine is degraded", async () => {
    const reply = await api({ status: "degraded", reason: "disk full", running: 0 }).inject({
      url: "/health",
    });

    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toMatchObject({ status: "degraded", reason: "disk full" });
  });
});
