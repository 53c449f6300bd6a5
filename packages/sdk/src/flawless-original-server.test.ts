import { describe, expect, test } from "vitest";
import type { Flawless } from "./flawless.ts";
import { clientOf } from "./testing/client-of.ts";
import { FakeServer, type FakeAnswer } from "./testing/fake-server.ts";
import { originalServer, refusal } from "./testing/server-answers.ts";

const notFound: FakeAnswer = { status: 404, text: "Not Found" };

describe("routes that the original server lacks", () => {
  const calls: Readonly<Record<string, (flawless: Flawless) => Promise<unknown>>> = {
    "GET /health": (flawless) => flawless.health(),
    "GET /api/workflows": (flawless) => flawless.listWorkflows(),
    "GET /api/modules": (flawless) => flawless.listModules(),
    "GET /api/workflows/wkf_1": (flawless) => flawless.workflow("wkf_1").info(),
    "GET /api/workflows/wkf_1/journal": (flawless) => flawless.workflow("wkf_1").journal(),
    "GET /api/workflows/wkf_1/wait": (flawless) => flawless.workflow("wkf_1").completion(),
    "POST /api/workflows/wkf_1/cancel": (flawless) => flawless.workflow("wkf_1").cancel(),
  };
  const answers: Readonly<Record<string, FakeAnswer>> = {
    "an empty 404": { status: 404, text: "" },
    "a web page for every path": { text: "<!doctype html>" },
    "an error without a code": { json: { error: "unknown route" } },
    "a newer or older @flawless-ts/server": refusal(404, "ROUTE_NOT_FOUND", "no such route"),
  };
  const cases = Object.keys(calls).flatMap((route) =>
    Object.keys(answers).map((answer) => [route, answer] as const),
  );

  test.each(cases)("%s, answered by %s", async (route, answer) => {
    await using server = await FakeServer.start({
      ...originalServer,
      [route]: answers[answer] ?? notFound,
    });
    await using flawless = clientOf(server);
    await expect(calls[route]?.(flawless)).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
      serverVersion: "1.0.0-beta.3",
      message: expect.stringMatching(
        /^The server at http:\/\/127.* \(version 1\.0\.0-beta\.3\) does not support /,
      ),
    });
    expect(server.seen(route)).toHaveLength(1);
  });

  test("a proxy's page without a server's version is an unexpected answer", async () => {
    await using server = await FakeServer.start({
      "GET /api/modules": notFound,
      "GET /version": notFound,
    });
    await using flawless = clientOf(server);
    await expect(flawless.listModules()).rejects.toMatchObject({
      code: "FLAWLESS_UNEXPECTED_ANSWER",
      status: 404,
    });
  });

  test("an unknown id, a wrong token and a proxy's failure are reported as such", async () => {
    await using server = await FakeServer.start({
      ...originalServer,
      "GET /api/workflows/wkf_1": refusal(404, "WORKFLOW_NOT_FOUND", "no wkf_1"),
      "GET /api/modules": { status: 401, text: "" },
      "GET /api/workflows": { status: 502, text: "<html>" },
    });
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").info()).rejects.toMatchObject({
      code: "FLAWLESS_NOT_FOUND",
    });
    await expect(flawless.listModules()).rejects.toMatchObject({ code: "FLAWLESS_UNAUTHORIZED" });
    await expect(flawless.listWorkflows()).rejects.toMatchObject({
      code: "FLAWLESS_UNEXPECTED_ANSWER",
      status: 502,
    });
    expect(server.seen("GET /version")).toHaveLength(0);
  });

  test("the rest works: deploy, execute, send, version", async () => {
    await using server = await FakeServer.start({
      ...originalServer,
      "POST /api/module/deploy": { json: { ok: { name: "shop", version: "1.0.0" } } },
      "POST /api/workflow/start": { json: { ok: { id: "wkf_1", response: null } } },
      "POST /api/workflow/send-msg/wkf_1": { text: '"ok"' },
    });
    await using flawless = clientOf(server);
    const module = await flawless.deploy(Uint8Array.of(0));
    const { workflow } = await module.executeWithHandle("checkout");
    await workflow.send("approve", true);
    expect(await flawless.version()).toBe("1.0.0-beta.3");
    expect(server.requests).toHaveLength(4);
  });
});
