import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { afterEach, expect, test, vi } from "vitest";
import { EngineError } from "../errors.ts";
import { fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";
import type { EngineApi } from "./engine-api.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

test.each([
  ["GET", "workflow", "/api/workflows/ID"],
  ["GET", "state", "/api/workflows/ID/state"],
  ["GET", "journalPage", "/api/workflows/ID/journal"],
  ["GET", "journalPage", "/api/workflows/ID/history"],
  ["GET", "wait", "/api/workflows/ID/wait?timeout_ms=1"],
  ["POST", "send", "/api/workflow/send-msg/ID"],
  ["POST", "update", "/api/workflows/ID/updates"],
  ["POST", "end", "/api/workflows/ID/cancel"],
  ["POST", "end", "/api/workflows/ID/terminate"],
  ["POST", "restart", "/api/workflows/ID/restart"],
] as const)("%s %s: a key stands for the id in %s", async (method, name, route) => {
  const key = "~order/7?%&".padEnd(255, "~");
  const asked = vi.fn<(id: string) => never>();
  const idOfKey = vi.fn<EngineApi["idOfKey"]>(async () => "wkf_keyed");
  const original = fakeEngine()[name] as (...args: unknown[]) => unknown;
  app = createApi(
    fakeEngine({
      idOfKey,
      [name]: async (...args: unknown[]) => {
        asked(String(args[0]));
        return original(...args);
      },
    }),
  );
  const reply = await app.inject({
    method,
    url: route.replace("ID", encodeURIComponent(`key:${key}`)),
    ...(route.includes("send") || route.includes("updates")
      ? { payload: { type: "go", data: "1" } }
      : {}),
  });

  expect(reply.statusCode).toBe(200);
  expect(idOfKey).toHaveBeenCalledExactlyOnceWith(key);
  expect(asked).toHaveBeenCalledWith("wkf_keyed");
});

test("an unknown key gives 404, and no engine method is called", async () => {
  const workflow = vi.fn<EngineApi["workflow"]>(fakeEngine().workflow);
  const idOfKey = async (): Promise<never> => {
    throw new EngineError("WORKFLOW_NOT_FOUND", "There is no such workflow.");
  };
  app = createApi(fakeEngine({ idOfKey, workflow }));
  const reply = await app.inject("/api/workflows/key:no");
  expect(reply.statusCode).toBe(404);
  expect(reply.headers["flawless-error-code"]).toBe("WORKFLOW_NOT_FOUND");
  expect(workflow).not.toHaveBeenCalled();
});

test("callers without a token learn nothing about keys", async () => {
  const idOfKey = vi.fn<EngineApi["idOfKey"]>(async () => "wkf_keyed");
  app = createApi(fakeEngine({ idOfKey }), { tokens: ["t".repeat(32)] });
  expect((await app.inject("/api/workflows/key:order-7")).statusCode).toBe(401);
  expect(idOfKey).not.toHaveBeenCalled();
});
