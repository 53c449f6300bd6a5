import { describe, expect, test } from "vitest";
import { TestApi } from "../testing/test-api.ts";

const authorization = "Bearer secret";

describe("with tokens", () => {
  test("every route requires one, except those that report the server's health", async () => {
    await using api = new TestApi({ tokens: ["secret"] });
    const { paths } = (await api.get("/openapi.json")).json<{
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    }>();
    const open: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const reply = await api.app.inject({
          method: method.toUpperCase() as "GET",
          url: path.replaceAll(/\{\w+\}/g, "x"),
        });
        if (reply.statusCode !== 401) {
          open.push(path);
        }
      }
    }
    expect(open.toSorted()).toEqual([
      "/health",
      "/health/hiqlite",
      "/hiqlite/health",
      "/openapi.json",
      "/version",
    ]);
  });

  test("a valid one is accepted, and any other refused", async () => {
    await using api = new TestApi({ tokens: ["secret"] });
    const right = await api.app.inject({ url: "/queue/stats", headers: { authorization } });
    const wrong = await api.app.inject({
      url: "/queue/stats",
      headers: { authorization: "Bearer other" },
    });
    expect([right.statusCode, wrong.statusCode]).toEqual([200, 401]);
    expect(wrong.headers["www-authenticate"]).toBe(
      'Basic realm="control-plane", Bearer realm="control-plane"',
    );
  });
});

test("a web page of another origin is refused", async () => {
  await using api = new TestApi();
  const reply = await api.app.inject({
    method: "POST",
    url: "/new-job",
    payload: "url=u",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      host: "127.0.0.1:3020",
      origin: "https://example.com",
    },
  });
  expect(reply.statusCode).toBe(403);
});
