import { Effect } from "effect";
import { defineContract, type } from "@flawless-ts/wasm-module";
import { describe, expect, expectTypeOf, test } from "vitest";
import { FlawlessClient } from "../effect/index.ts";
import { clientOf } from "../testing/client-of.ts";
import { FakeServer } from "../testing/fake-server.ts";
import {
  completedWorkflow,
  originalServer,
  refusal,
  runningDetails,
} from "../testing/server-answers.ts";

const route = "POST /api/workflows/wkf_1/restart";
const answer = { json: { ok: { ...completedWorkflow, id: "wkf_2" } } };
const shop = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: { checkout: { response: type<number>() } },
});

describe("restart", () => {
  test("returns the new workflow's handle, with the same contract", async () => {
    await using server = await FakeServer.start({ [route]: answer });
    await using flawless = clientOf(server);
    const run = flawless.module(shop).workflow("checkout", "wkf_1");
    const again = await run.restart({ idempotencyKey: "again" });

    expectTypeOf(again).toEqualTypeOf(run);
    expect(again.id).toBe("wkf_2");
    expect(again.workflow).toBe("checkout");
    expect(server.requests[0]?.headers["idempotency-key"]).toBe("again");
  });

  test("has its own key, which makes retries harmless", async () => {
    await using server = await FakeServer.start({ [route]: ["break off", answer] });
    await using flawless = clientOf(server);
    await flawless.workflow("wkf_1").restart();
    const keys = server.requests.map(({ headers }) => headers["idempotency-key"]);

    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\w-]{36}$/);
  });

  test("of a running workflow is a conflict, unless it may be terminated", async () => {
    await using server = await FakeServer.start({
      [route]: ({ path }) =>
        path.endsWith("?terminate=true")
          ? answer
          : refusal(409, "WORKFLOW_RUNNING", "It still runs."),
    });
    await using flawless = clientOf(server);
    const run = flawless.workflow("wkf_1");
    await expect(run.restart()).rejects.toMatchObject({
      code: "FLAWLESS_CONFLICT",
      serverCode: "WORKFLOW_RUNNING",
    });
    expect((await run.restart({ terminate: true })).id).toBe("wkf_2");
  });

  test("is refused with invalid options", async () => {
    await using server = await FakeServer.start({});
    await using flawless = clientOf(server);
    const run = flawless.workflow("wkf_1");
    await expect(run.restart({ idempotencyKey: "" })).rejects.toMatchObject({
      option: "idempotencyKey",
    });
    await expect(run.restart({ terminated: true } as never)).rejects.toThrow(/terminated/);
    expect(server.requests).toEqual([]);
  });

  test("is not supported by the original server", async () => {
    await using server = await FakeServer.start(originalServer);
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").restart()).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
    });
  });
});

describe("fork", () => {
  const forkRoute = "POST /api/workflows/wkf_1/fork";

  test("returns the new workflow's handle, and is retried with its key", async () => {
    await using server = await FakeServer.start({ [forkRoute]: ["hang up", answer, answer] });
    await using flawless = clientOf(server);
    const run = flawless.module(shop).workflow("checkout", "wkf_1");
    const forked = await run.fork({ fromStep: 0 });
    await run.fork({ fromStep: 12, version: "1.0 1", terminate: true, idempotencyKey: "k" });

    expectTypeOf(forked).toEqualTypeOf(run);
    expect([forked.id, forked.workflow]).toEqual(["wkf_2", "checkout"]);
    expect(server.requests.map(({ path }) => path.split("?")[1])).toEqual([
      "from_step=0",
      "from_step=0",
      "from_step=12&version=1.0+1&terminate=true",
    ]);
    const keys = server.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).toBe("k");
  });

  test.each([-1, 1.5, Number.NaN, "1", undefined])("is refused from step %j", async (fromStep) => {
    await using server = await FakeServer.start({});
    await using flawless = clientOf(server);
    const forked = flawless.workflow("wkf_1").fork({ fromStep: fromStep as number });
    await expect(forked).rejects.toMatchObject({ option: "fromStep" });
    expect(server.requests).toEqual([]);
  });

  test("on a module that diverges is a conflict", async () => {
    const mismatch = refusal(409, "REPLAY_MISMATCH", "replay took another way at step 2");
    await using server = await FakeServer.start({ [forkRoute]: mismatch });
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").fork({ fromStep: 3 })).rejects.toMatchObject({
      code: "FLAWLESS_CONFLICT",
      serverCode: "REPLAY_MISMATCH",
      message: expect.stringContaining("another way at step 2") as string,
    });
  });
});

test("info includes restarts", async () => {
  const details = {
    ...runningDetails,
    restartedFrom: { id: "wkf_0", fromStep: 3 },
    restarts: [{ id: "wkf_2", fromStep: null }],
  };
  await using server = await FakeServer.start({
    "GET /api/workflows/wkf_1": { json: { ok: details } },
  });
  await using flawless = clientOf(server);
  expect(await flawless.workflow("wkf_1").info()).toEqual(details);
});

test("an effect restarts and forks, too", async () => {
  await using server = await FakeServer.start({
    [route]: answer,
    "POST /api/workflows/wkf_1/fork": { json: { ok: { ...completedWorkflow, id: "wkf_3" } } },
  });
  const program = Effect.gen(function* () {
    const flawless = yield* FlawlessClient;
    const run = yield* flawless.workflow("wkf_1");
    const again = yield* run.restart({ idempotencyKey: "again" });
    return [again.id, (yield* run.fork({ fromStep: 1 })).id];
  });
  const layer = FlawlessClient.layer({ url: server.url });
  expect(await Effect.runPromise(Effect.provide(program, layer))).toEqual(["wkf_2", "wkf_3"]);
});
