import type { FastifyInstance, InjectOptions } from "#libraries/fastify";
import { afterEach, describe, expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { createAuthentication } from "./authentication.ts";
import { createService } from "./create-service.ts";
import { defaultServiceLimits } from "./service-limits.ts";

const page = "https://app.example.com";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

function service(
  allowedOrigins: readonly string[] | undefined,
  tokens?: readonly string[],
): FastifyInstance {
  const authentication = createAuthentication(tokens, "test");
  const made = createService({
    limits: defaultServiceLimits,
    authentication,
    allowedOrigins,
    explain: () => undefined,
  });
  made.addHook("onRequest", async (request) => authentication.assertAllowed(request));
  made.get("/", async () => "here");
  made.get("/busy", async () => {
    throw new ApiError("LIMIT_REACHED", "Try again later.");
  });
  app = made;
  return made;
}

/** The preflight request: browsers send it before requests that a plain form couldn't make. */
function preflight(origin: string, more: Readonly<Record<string, string>> = {}): InjectOptions {
  return {
    method: "OPTIONS",
    url: "/",
    headers: {
      host: "127.0.0.1:27288",
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,idempotency-key",
      ...more,
    },
  };
}

function get(
  origin: string,
  url = "/",
  more: Readonly<Record<string, string>> = {},
): InjectOptions {
  return { method: "GET", url, headers: { host: "127.0.0.1:27288", origin, ...more } };
}

describe("by default", () => {
  test("pages of other origins are refused, and no response allows any origin", async () => {
    const made = service(undefined);
    const refused = await made.inject(get(page));
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toEqual({ error: expect.stringContaining("--allow-origin") });
    const asked = await made.inject(preflight(page));
    expect(asked.statusCode).toBe(403);
    const own = await made.inject(get("http://127.0.0.1:27288"));
    expect(own.statusCode).toBe(200);
    for (const { headers } of [refused, asked, own]) {
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
      expect(headers).not.toHaveProperty("vary");
    }
  });
});

describe("a page that is allowed", () => {
  test("may read responses, and the headers that the client needs", async () => {
    const reply = await service([page]).inject(get(page));
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({
      vary: "origin",
      "access-control-allow-origin": page,
      "access-control-expose-headers": expect.stringContaining("flawless-error-code"),
    });
    expect(reply.headers).not.toHaveProperty("access-control-allow-credentials");
  });

  test.each([
    ["a failure", "/busy", 429],
    ["a route that is missing", "/nowhere", 404],
  ])("may read the answer to %s", async (_what, url, status) => {
    const reply = await service([page]).inject(get(page, url));
    expect(reply.statusCode).toBe(status);
    expect(reply.headers["access-control-allow-origin"]).toBe(page);
  });

  test("may send a preflight without a token, but needs one for the request itself", async () => {
    const made = service([page], ["a-token"]);
    const asked = await made.inject(preflight(page));
    expect(asked.statusCode).toBe(204);
    expect(asked.body).toBe("");
    expect(asked.headers).toMatchObject({
      vary: "origin",
      "access-control-allow-origin": page,
      "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers":
        "authorization, content-type, idempotency-key, prefer, x-request-id",
      "access-control-max-age": "600",
    });
    const refused = await made.inject(get(page));
    expect(refused.statusCode).toBe(401);
    expect(refused.headers["access-control-allow-origin"]).toBe(page);
    const shown = { authorization: "Bearer a-token" };
    expect((await made.inject(get(page, "/", shown))).statusCode).toBe(200);
  });

  test("may reach a private network from the internet if its browser asks to", async () => {
    const made = service([page]);
    const privately = { "access-control-request-private-network": "true" };
    expect((await made.inject(preflight(page, privately))).headers).toMatchObject({
      "access-control-allow-private-network": "true",
    });
    expect((await made.inject(preflight(page))).headers).not.toHaveProperty(
      "access-control-allow-private-network",
    );
  });
});

describe("where pages are allowed", () => {
  test.each([
    "https://evil.example",
    "https://app.example.com.evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "null",
    "",
  ])("the origin %j is not", async (origin) => {
    const made = service([page, "http://localhost:5173"]);
    for (const request of [get(origin), preflight(origin)]) {
      const reply = await made.inject(request);
      expect(reply.statusCode).toBe(403);
      expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
      expect(reply.headers["vary"]).toBe("origin");
    }
  });

  test("OPTIONS requests that are not preflights have no route", async () => {
    const reply = await service([page]).inject({ ...get(page), method: "OPTIONS" });
    expect(reply.statusCode).toBe(405);
  });
});

describe("the option", () => {
  test.each([
    "https://app.example.com/",
    "HTTPS://App.Example.COM",
    "https://app.example.com:443/",
  ])("%j is the same origin", async (text) => {
    expect((await service([text]).inject(get(page))).statusCode).toBe(200);
  });

  test.each(["*", "app.example.com", "https://app.example.com/path", "file:///", "null", ""])(
    "%j is refused",
    (text) => {
      expect(() => service([text])).toThrow(
        expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option: "allowedOrigins" }),
      );
    },
  );
});
