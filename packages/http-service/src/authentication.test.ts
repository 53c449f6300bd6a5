import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "#libraries/fastify";
import { createAuthentication } from "./authentication.ts";
import { createService } from "./create-service.ts";
import { defaultServiceLimits } from "./service-limits.ts";
import { listenOnFreePort } from "@flawless-ts/test-helpers";
import { TokenList } from "./token-list.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

function service(tokens: TokenList): FastifyInstance {
  const authentication = createAuthentication(tokens, "test");
  app = createService({
    limits: defaultServiceLimits,
    authentication,
    explain: () => undefined,
  });
  void app.register(async (scope) => {
    scope.addHook("onRequest", async (request) => {
      authentication.assertAllowed(request);
    });
    scope.get("/", async () => "in");
  });
  return app;
}

/** The next response on a kept-alive connection, as far as it has arrived. */
async function ask(socket: Socket, token: string): Promise<string> {
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return answer.toString("latin1").slice(0, 12);
}

describe("tokens replaced while the service runs", () => {
  test("apply from the next request on, on every connection", async () => {
    const tokens = new TokenList(["old", "kept"]);
    const inject = async (token: string): Promise<number> =>
      (await app?.inject({ url: "/", headers: { authorization: `Bearer ${token}` } }))
        ?.statusCode ?? 0;
    await service(tokens).ready();
    expect([await inject("old"), await inject("kept"), await inject("new")]).toEqual([
      200, 200, 401,
    ]);
    tokens.replace(["kept", "new"]);

    expect([await inject("old"), await inject("kept"), await inject("new")]).toEqual([
      401, 200, 200,
    ]);
  });

  test("close the connections that used a removed token, and no others", async () => {
    const tokens = new TokenList(["old", "kept"]);
    const port = await listenOnFreePort(service(tokens));
    const before = connect(port, "127.0.0.1");
    const other = connect(port, "127.0.0.1");
    expect(await ask(before, "old")).toBe("HTTP/1.1 200");
    expect(await ask(other, "kept")).toBe("HTTP/1.1 200");
    const closed = once(before, "close");
    tokens.replace(["kept", "new"]);
    await closed;

    expect(await ask(other, "kept")).toBe("HTTP/1.1 200");
    expect(await ask(other, "new")).toBe("HTTP/1.1 200");
    other.destroy();
  });

  test("stay unchanged if the new ones are invalid", () => {
    const tokens = new TokenList(["old"]);
    expect(() => tokens.replace([])).toThrow("empty");
    expect(() => tokens.replace(["two words"])).toThrow("token");
    expect(tokens.tokens).toEqual(["old"]);
  });
});

test.each([
  ["GET", "/nothing", 404],
  ["POST", "/", 405],
] as const)(
  "%s %s tells only callers with a token that there is none",
  async (method, url, status) => {
    const known = service(new TokenList(["secret"]));
    const headers = { authorization: "Bearer secret" };
    expect((await known.inject({ method, url })).statusCode).toBe(401);
    expect((await known.inject({ method, url, headers })).statusCode).toBe(status);
  },
);
