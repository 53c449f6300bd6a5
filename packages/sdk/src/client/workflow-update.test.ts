import { defineContract, type } from "@flawless-ts/wasm-module";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { clientOf } from "../testing/client-of.ts";
import { FakeServer, type FakeAnswer } from "../testing/fake-server.ts";
import { originalServer, refusal } from "../testing/server-answers.ts";

const route = "POST /api/workflows/wkf_1/updates";
const answered = (value: string): FakeAnswer => ({
  json: { ok: { status: "answered", key: "k", value } },
});
const pending: FakeAnswer = { status: 202, json: { ok: { status: "pending", key: "k" } } };

const shop = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: {
    cart: {
      updates: {
        add: { input: type<{ readonly sku: string }>(), output: type<number>() },
        count: { output: v.pipe(v.string(), v.transform(Number)) },
        clear: {},
      },
    },
  },
});

describe("an update", () => {
  test("sends type and data, and returns the answer, converted by the contract", async () => {
    await using server = await FakeServer.start({
      [route]: [answered("2"), answered('"7"'), answered("null"), answered("18446744073709551615")],
    });
    await using flawless = clientOf(server);
    const run = flawless.module(shop).workflow("cart", "wkf_1");
    const total = await run.update("add", { sku: "a" });
    expectTypeOf(total).toEqualTypeOf<number>();
    expect(total).toBe(2);
    expect(await run.update("count")).toBe(7);
    expect(await run.update("clear")).toBeNull();
    expect(await flawless.workflow("wkf_1").update("any", [1n])).toBe(2n ** 64n - 1n);
    const keys = server.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(server.requests.map(({ body }) => body.toString())).toEqual([
      '{"type":"add","data":"{\\"sku\\":\\"a\\"}"}',
      '{"type":"count","data":"null"}',
      '{"type":"clear","data":"null"}',
      '{"type":"any","data":"[1]"}',
    ]);
    expect(new Set(keys).size).toBe(4);
  });

  test("is retried with the same key until there is an answer", async () => {
    await using server = await FakeServer.start({
      [route]: ["hang up", pending, "break off", pending, answered("1")],
    });
    await using flawless = clientOf(server);
    const run = flawless.workflow("wkf_1");
    expect(await run.update("add", 1, { idempotencyKey: "my-key" })).toBe(1);
    expect(server.seen(route).map(({ headers }) => headers["idempotency-key"])).toEqual(
      Array.from({ length: 5 }, () => "my-key"),
    );
  });

  test("that the workflow rejects has its error as the cause", async () => {
    const error = { name: "SoldOut", message: "There is none left." };
    await using server = await FakeServer.start({
      [route]: { json: { ok: { status: "rejected", key: "k", error } } },
    });
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").update("add", 1)).rejects.toMatchObject({
      code: "FLAWLESS_UPDATE_REJECTED",
      workflowId: "wkf_1",
      updateType: "add",
      message: 'The workflow wkf_1 rejected the update "add": SoldOut: There is none left.',
      cause: error,
    });
  });

  test("has a timeout, after which the workflow may still answer", async () => {
    await using server = await FakeServer.start({ [route]: "stay silent" });
    await using flawless = clientOf(server);
    await expect(
      flawless.workflow("wkf_1").update("add", 1, { timeoutMs: 20 }),
    ).rejects.toMatchObject({
      code: "FLAWLESS_TIMEOUT",
      message: expect.stringContaining("Ask again with the same `idempotencyKey`."),
    });
  });

  test("is refused before it is sent if it violates the contract or is invalid", async () => {
    await using server = await FakeServer.start({});
    await using flawless = clientOf(server);
    const run = flawless.module(shop).workflow("cart", "wkf_1");
    await expect(run.update("take" as never)).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      direction: "update",
    });
    await expect(run.update("clear", null, { idempotencyKey: "a b" })).rejects.toMatchObject({
      option: "idempotencyKey",
    });
    await expect(run.update("clear", null, { key: "k" } as object)).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
    });
    await expect(flawless.workflow("wkf_1").update("add", Number.NaN)).rejects.toMatchObject({
      code: "FLAWLESS_NOT_JSON",
    });
    expect(server.requests).toHaveLength(0);
  });

  test("whose answer violates the contract is reported, because it has taken place", async () => {
    await using server = await FakeServer.start({ [route]: answered("5") });
    await using flawless = clientOf(server);
    const run = flawless.module(shop).workflow("cart", "wkf_1");
    await expect(run.update("count")).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      direction: "reply",
    });
  });

  test.each([
    [refusal(404, "WORKFLOW_NOT_FOUND", "none"), "FLAWLESS_NOT_FOUND"],
    [refusal(409, "WORKFLOW_ENDED", "ended"), "FLAWLESS_CONFLICT"],
    [refusal(409, "IDEMPOTENCY_CONFLICT", "other"), "FLAWLESS_CONFLICT"],
  ])("is refused by the server: %j", async (answer, code) => {
    await using server = await FakeServer.start({ [route]: answer });
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").update("add", 1)).rejects.toMatchObject({ code });
  });

  test("isn't supported by the original server", async () => {
    await using server = await FakeServer.start(originalServer);
    await using flawless = clientOf(server);
    await expect(flawless.workflow("wkf_1").update("add", 1)).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
    });
  });
});
