import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { createAuthentication } from "./authentication.ts";
import { createService } from "./create-service.ts";
import { defaultServiceLimits } from "./service-limits.ts";

async function statusFor(host: string, tokens?: readonly string[]): Promise<number | undefined> {
  const app = createService({
    limits: defaultServiceLimits,
    authentication: createAuthentication(tokens, "test"),
    explain: () => undefined,
  });
  app.get("/", async () => "here");
  await app.listen({ host: "127.0.0.1", port: 0 });
  try {
    const { port } = app.server.address() as AddressInfo;
    const asked = request({ host: "127.0.0.1", port, headers: { host } });
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  } finally {
    await app.close();
  }
}

describe("on a loopback address", () => {
  test.each([
    "127.0.0.1:27288",
    "localhost",
    "LOCALHOST:1",
    "flawless.localhost",
    "[::1]:8",
    "127.9.9.9",
  ])("a request for %s is answered", async (host) => {
    expect(await statusFor(host)).toBe(200);
  });

  test.each(["evil.example:27288", "localhost.evil.example", "127.0.0.1.evil.example"])(
    "a request for %s may come from a web page and is refused",
    async (host) => {
      expect(await statusFor(host)).toBe(403);
    },
  );

  test("any name is accepted if tokens are required, because web pages have none", async () => {
    expect(await statusFor("flawless.example", ["a-token"])).toBe(200);
  });
});
