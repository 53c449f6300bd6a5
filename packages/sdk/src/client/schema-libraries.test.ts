import {
  defineContract,
  type Contract,
  type InputOf,
  type MessageOf,
  type ResponseOf,
} from "@flawless-ts/wasm-module";
import { Effect, Schema } from "effect";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { Flawless } from "../flawless.ts";
import { FakeServer } from "../testing/fake-server.ts";
import type { DeployedModule } from "./deployed-module.ts";

// The same contract in three libraries: an input with a default, a response and a message that are converted.
const name = "shop";
const version = "1.0.0";

const zodShop = defineContract({
  name,
  version,
  workflows: {
    checkout: {
      input: z.object({ order: z.int(), currency: z.string().default("EUR") }),
      response: z.object({ paidAt: z.iso.datetime().transform((text) => new Date(text)) }),
      messages: { approve: z.object({ by: z.string().min(1) }) },
    },
  },
});

const valibotShop = defineContract({
  name,
  version,
  workflows: {
    checkout: {
      input: v.object({
        order: v.pipe(v.number(), v.integer()),
        currency: v.optional(v.string(), "EUR"),
      }),
      response: v.object({
        paidAt: v.pipe(
          v.string(),
          v.isoTimestamp(),
          v.transform((text) => new Date(text)),
        ),
      }),
      messages: { approve: v.object({ by: v.pipe(v.string(), v.minLength(1)) }) },
    },
  },
});

const effectShop = defineContract({
  name,
  version,
  workflows: {
    checkout: {
      input: Schema.toStandardSchemaV1(
        Schema.Struct({
          order: Schema.Int,
          currency: Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("EUR"))),
        }),
      ),
      response: Schema.toStandardSchemaV1(Schema.Struct({ paidAt: Schema.DateFromString })),
      messages: {
        approve: Schema.toStandardSchemaV1(Schema.Struct({ by: Schema.NonEmptyString })),
      },
    },
  },
});

interface Input {
  readonly order: number;
  readonly currency?: string | undefined;
}

/** The common part of all three. */
type Checkout = Pick<DeployedModule<typeof valibotShop>, "start" | "executeWithHandle">;

const contracts: readonly (readonly [string, Contract])[] = [
  ["zod", zodShop],
  ["valibot", valibotShop],
  ["effect", effectShop],
];

describe.each(contracts)("%s", (_library, contract) => {
  const moduleOf = (flawless: Flawless): Checkout =>
    flawless.module(contract) as unknown as Checkout;

  test("fills in, converts and checks", async () => {
    await using server = await FakeServer.start({
      "POST /api/workflow/start": {
        json: { ok: { id: "wkf_1", response: '{"paidAt":"2026-01-02T03:04:05.000Z"}' } },
      },
      "POST /api/workflow/send-msg/wkf_1": { text: '"ok"' },
    });
    await using flawless = new Flawless({ url: server.url });
    const { workflow: run, response } = await moduleOf(flawless).executeWithHandle("checkout", {
      order: 7,
    });
    expect(response).toEqual({ paidAt: new Date("2026-01-02T03:04:05.000Z") });
    await run.send("approve", { by: "me" });
    await expect(run.send("approve", { by: "" })).rejects.toMatchObject({
      direction: "message",
      issues: [{ path: "$.by" }],
    });
    expect(server.requests.map(({ body }) => JSON.parse(body.toString()) as unknown)).toMatchObject(
      [{ input: '{"order":7,"currency":"EUR"}' }, { type: "approve", data: '{"by":"me"}' }],
    );
  });

  test("refuses a wrong input, with its path, before it is sent", async () => {
    await using server = await FakeServer.start({});
    await using flawless = new Flawless({ url: server.url });
    await expect(moduleOf(flawless).start("checkout", { order: 1.5 })).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      workflow: "checkout",
      direction: "input",
      issues: [{ path: "$.order", message: expect.any(String) }],
    });
    expect(server.requests).toHaveLength(0);
  });

  test("refuses a wrong response and reports the workflow's id", async () => {
    await using server = await FakeServer.start({
      "POST /api/workflow/start": { json: { ok: { id: "wkf_1", response: null } } },
    });
    await using flawless = new Flawless({ url: server.url });
    await expect(
      moduleOf(flawless).executeWithHandle("checkout", { order: 7 }),
    ).rejects.toMatchObject({
      code: "FLAWLESS_CONTRACT_BROKEN",
      direction: "response",
      workflowId: "wkf_1",
    });
  });
});

test("the types are those of each library", () => {
  expectTypeOf<Input>().toExtend<InputOf<typeof zodShop, "checkout">>();
  expectTypeOf<Input>().toExtend<InputOf<typeof valibotShop, "checkout">>();
  expectTypeOf<{ readonly order: number }>().toExtend<InputOf<typeof effectShop, "checkout">>();
  expectTypeOf<{ readonly order: string }>().not.toExtend<InputOf<typeof effectShop, "checkout">>();
  expectTypeOf<ResponseOf<typeof zodShop, "checkout">>().toEqualTypeOf<{ paidAt: Date }>();
  expectTypeOf<ResponseOf<typeof valibotShop, "checkout">>().toEqualTypeOf<{ paidAt: Date }>();
  expectTypeOf<ResponseOf<typeof effectShop, "checkout">>().toEqualTypeOf<{
    readonly paidAt: Date;
  }>();
  expectTypeOf<MessageOf<typeof zodShop, "checkout", "approve">>().toEqualTypeOf<{ by: string }>();
  expectTypeOf<MessageOf<typeof effectShop, "checkout", "approve">>().toEqualTypeOf<{
    readonly by: string;
  }>();
});
