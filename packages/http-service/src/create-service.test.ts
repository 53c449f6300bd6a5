import { afterEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "#libraries/fastify";
import { type Logger, pino } from "pino";
import { createService } from "./create-service.ts";
import { errorReply } from "./error-reply.ts";
import { acceptJsonBodies, bodyTextOf } from "./json-body.ts";
import { defaultServiceLimits, type ServiceLimits, resolveLimits } from "./service-limits.ts";
import { listenOnFreePort, rawRequest } from "@flawless-ts/test-helpers";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

class OwnError extends Error {}

/** A service that echoes JSON, and fails on demand. */
function service(limits: ServiceLimits = {}): FastifyInstance {
  const resolved = resolveLimits(limits, defaultServiceLimits);
  app = createService({
    limits: resolved,
    explain: (error) =>
      error instanceof OwnError
        ? errorReply(418, "OWN", error.message, { "x-own": "1" })
        : undefined,
  });
  void app.register(async (scope) => {
    acceptJsonBodies(scope, resolved.jsonBytes, { keepText: true });
    scope.post("/echo", async (request, reply) =>
      reply.type("application/json").send(bodyTextOf(request)),
    );
    scope.get("/own", async () => {
      throw new OwnError("as it says");
    });
    scope.get("/items/:id", async () => "item");
    scope.delete("/items/:id", async () => "deleted");
    scope.put("/items/latest", async () => "put");
    scope.get("/broken", async () => {
      throw new Error("secret-place");
    });
  });
  return app;
}

describe("a service responds to", () => {
  test("its own errors as it describes them", async () => {
    const reply = await service().inject({ url: "/own" });
    expect([reply.statusCode, reply.json()]).toEqual([418, { error: "as it says" }]);
    expect(reply.headers).toMatchObject({ "flawless-error-code": "OWN", "x-own": "1" });
  });

  test("unsupported requests without counting them as its own failures", async () => {
    const lines: string[] = [];
    const quiet = createService({
      limits: defaultServiceLimits,
      logger: pino({ level: "info" }, { write: (line: string) => lines.push(line) }),
      explain: () => errorReply(501, "NOT_SUPPORTED", "never"),
    });
    app = quiet;
    quiet.get("/", async () => {
      throw new OwnError();
    });

    expect((await quiet.inject({ url: "/" })).statusCode).toBe(501);
    expect(lines).toEqual([]);
  });

  test("other errors without giving anything away", async () => {
    const reply = await service().inject({ url: "/broken", headers: { "x-request-id": "r-1" } });
    expect(reply.statusCode).toBe(500);
    expect(reply.payload).not.toContain("secret-place");
    expect(reply.payload).toContain("r-1");
  });

  test.each([
    ["GET", "/nothing", 404, "ROUTE_NOT_FOUND"],
    ["POST", "/nothing", 404, "ROUTE_NOT_FOUND"],
    ["GET", "/items", 404, "ROUTE_NOT_FOUND"],
    ["GET", "/echo", 405, "METHOD_NOT_ALLOWED"],
    ["GET", "/echo?and=more", 405, "METHOD_NOT_ALLOWED"],
    ["POST", "/%6fwn", 405, "METHOD_NOT_ALLOWED"],
    ["POST", "/items/1", 405, "METHOD_NOT_ALLOWED"],
  ] as const)("%s %s with %d, whatever its body", async (method, url, status, code) => {
    const body =
      method === "GET" ? {} : { payload: "{", headers: { "content-type": "application/json" } };
    const reply = await service().inject({ method, url, ...body });
    expect([reply.statusCode, reply.headers["flawless-error-code"]]).toEqual([status, code]);
  });

  test("a wrong method with those that the best matching route accepts", async () => {
    const allowed = async (url: string): Promise<unknown> =>
      (await service().inject({ method: "PATCH", url })).headers["allow"];
    expect(await allowed("/items/1")).toBe("DELETE, GET, HEAD");
    expect(await allowed("/items/latest")).toBe("PUT");
  });

  test("a JSON body with its exact text", async () => {
    const reply = await service().inject({
      method: "POST",
      url: "/echo",
      payload: '{"id":18446744073709551615}',
      headers: { "content-type": "application/json" },
    });
    expect(reply.payload).toBe('{"id":18446744073709551615}');
  });

  test("a request without a Host header, and bytes that are not a request", async () => {
    const port = await listenOnFreePort(service());
    const close = "Connection: close\r\n\r\n";
    expect(await rawRequest(port, `GET /own HTTP/1.1\r\n${close}`)).toMatch(/^HTTP\/1.1 400 /);
    expect(await rawRequest(port, "hello\r\n\r\n")).toMatch(/^HTTP\/1.1 400 [^]*INVALID_REQUEST/);
  });

  test("a page of another origin with a refusal", async () => {
    const headers = { host: "127.0.0.1:1", origin: "https://example.com" };
    expect((await service().inject({ url: "/own", headers })).statusCode).toBe(403);
  });

  test("a body that is too large, so that the client sees the response", async () => {
    const port = await listenOnFreePort(service({ jsonBytes: 10 }));
    const answer = await rawRequest(
      port,
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4000000\r\n\r\n",
      Buffer.alloc(4_000_000, "x"),
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*BODY_TOO_LARGE/);
  });
});

test.each([
  ["jsonBytes", { jsonBytes: 0 }],
  ["maxConnections", { maxConnections: 1.5 }],
  ["headersTimeoutMs", { headersTimeoutMs: 2, requestTimeoutMs: 1 }],
  ["maxConnection", { maxConnection: 1 }],
])("refuses an invalid limit by name: %s", (name, limits) => {
  expect(() => resolveLimits(limits as ServiceLimits, defaultServiceLimits)).toThrow(
    expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option: `apiLimits.${name}` }),
  );
});

describe("a service that is still opening", () => {
  const opensWith = (opened: Promise<void>, logger?: Logger): FastifyInstance => {
    app = createService({ limits: defaultServiceLimits, explain: () => undefined, opened, logger });
    app.get("/", async () => "whole");
    return app;
  };

  test("responds once it is open", async () => {
    const opening = Promise.withResolvers<void>();
    const order: string[] = [];
    const waiting = opensWith(opening.promise).inject({ url: "/" });
    const answered = waiting.then(({ body }) => order.push(body));
    // A response that didn't wait would arrive in this time.
    await opensWith(Promise.resolve()).inject({ url: "/" });
    order.push("opened");
    opening.resolve();
    await answered;
    expect(order).toEqual(["opened", "whole"]);
  });

  test("refuses waiting requests if it is closed first, and doesn't count that as a failure", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "debug" }, { write: (line: string) => lines.push(line) });
    const opens = opensWith(Promise.withResolvers<void>().promise, logger);
    const waiting = fetch(`http://127.0.0.1:${await listenOnFreePort(opens)}`);
    await new Promise<void>((resolve) => opens.server.once("request", () => resolve()));
    await opens.close();
    const answer = await waiting;
    expect([answer.status, answer.headers.get("flawless-error-code")]).toEqual([503, "CLOSED"]);
    const logged = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const refusal = { level: 20, status: 503, code: "CLOSED", msg: "request refused" };
    expect(logged).toContainEqual(expect.objectContaining(refusal));
    expect(logged.filter(({ level, err }) => Number(level) > 30 || err !== undefined)).toEqual([]);
  });
});
