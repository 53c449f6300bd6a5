import { afterEach, describe, expect, test } from "vitest";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

async function statusFor(origin: string): Promise<number> {
  app = createApi(fakeEngine());
  const reply = await app.inject({
    method: "POST",
    url: "/api/workflows/wkf_1/cancel",
    headers: { host: "127.0.0.1:27288", origin },
  });
  return reply.statusCode;
}

describe("the Origin header", () => {
  test("of the server's own pages is accepted", async () => {
    expect(await statusFor("http://127.0.0.1:27288")).toBe(200);
  });

  test.each(["https://example.com", "http://127.0.0.1:8080", "http://localhost:27288", "null", ""])(
    "%j is refused",
    async (origin) => {
      expect(await statusFor(origin)).toBe(403);
    },
  );
});
