import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { validateInput, validateMessage, validateResponse } from "../contract-validation.ts";
import type {
  Contract,
  InputOf,
  MessageOf,
  MessageTypes,
  ResponseOf,
  WorkflowNames,
} from "../contract.ts";
import { type } from "../contract.ts";
import { defineModule, defineWorkflow } from "./define-module.ts";

interface Order {
  readonly id: string;
}

const shop = defineModule({
  name: "shop",
  version: "1.0.0",
  workflows: {
    plain: async (input: Order, context) => {
      await context.sleep("1 day");
      return { id: input.id, at: new Date(0), note: undefined as string | undefined };
    },
    silent: async () => {
      // Nothing to respond.
    },
    patient: async (_input, context) =>
      (await context.receive("go", { timeout: "1s" })) !== undefined,
    checked: defineWorkflow({
      input: z.object({ count: z.number().default(1) }),
      response: z.object({ total: z.number() }),
      messages: { go: z.object({ fast: z.boolean() }), stop: type<null>() },
      run: async (input, context) => {
        expectTypeOf(input).toEqualTypeOf<{ count: number }>();
        const go = await context.receive("go");
        expectTypeOf(go).toEqualTypeOf<{ fast: boolean }>();
        const either = await context.receive(["go", "stop"], { timeout: 5 });
        expectTypeOf(either).toEqualTypeOf<
          | { readonly type: "go"; readonly data: { fast: boolean } }
          | { readonly type: "stop"; readonly data: null }
          | undefined
        >();
        // @ts-expect-error a message that is not defined
        await context.receive("other");
        return { total: input.count };
      },
    }),
  },
});
type Shop = typeof shop;

describe("the types of a module's contract", () => {
  test("are those of the functions, as JSON represents them", () => {
    expectTypeOf(shop).toExtend<Contract>();
    expectTypeOf<WorkflowNames<Shop>>().toEqualTypeOf<"plain" | "silent" | "patient" | "checked">();
    expectTypeOf<InputOf<Shop, "plain">>().toEqualTypeOf<Order>();
    expectTypeOf<ResponseOf<Shop, "plain">>().toEqualTypeOf<{
      id: string;
      at: string;
      note?: string;
    }>();
    expectTypeOf<InputOf<Shop, "silent">>().toEqualTypeOf<null | undefined>();
    expectTypeOf<ResponseOf<Shop, "silent">>().toEqualTypeOf<null>();
    expectTypeOf<InputOf<Shop, "patient">>().toEqualTypeOf<null | undefined>();
    expectTypeOf<ResponseOf<Shop, "patient">>().toEqualTypeOf<boolean>();
    expectTypeOf<MessageOf<Shop, "plain", "anything">>().toEqualTypeOf<unknown>();
  });

  test("are those of the schemas", () => {
    expectTypeOf<InputOf<Shop, "checked">>().toEqualTypeOf<{ count?: number | undefined }>();
    expectTypeOf<ResponseOf<Shop, "checked">>().toEqualTypeOf<{ total: number }>();
    expectTypeOf<MessageTypes<Shop, "checked">>().toEqualTypeOf<"go" | "stop">();
    expectTypeOf<MessageOf<Shop, "checked", "go">>().toEqualTypeOf<{ fast: boolean }>();
  });
});

describe("a module is its own contract", () => {
  test("a module has its names and workflows", () => {
    expect(shop).toMatchObject({ name: "shop", version: "1.0.0" });
    expect(Object.keys(shop.workflows)).toEqual(["plain", "silent", "patient", "checked"]);
  });

  test("a module checks values by its schemas", async () => {
    expect(await validateInput(shop, "checked", {})).toEqual({ count: 1 });
    await expect(validateResponse(shop, "checked", { total: "1" })).rejects.toMatchObject({
      direction: "response",
    });
    await expect(validateMessage(shop, "checked", "stop", null)).resolves.toBeNull();
  });

  test("a module without schemas accepts everything", async () => {
    expect(await validateInput(shop, "plain", { id: "a" })).toEqual({ id: "a" });
    expect(await validateMessage(shop, "plain", "anything", 5)).toBe(5);
    expect(await validateResponse(shop, "plain", { id: "b", at: "" })).toEqual({ id: "b", at: "" });
  });
});

test.each([
  ["a name", { name: "", version: "1", workflows: {} }, "$.name"],
  [
    "a function",
    { name: "a", version: "1", workflows: { "x y": null as never } },
    '$.workflows["x y"]',
  ],
])("without %s it is refused", (_, definition, path) => {
  expect(() => defineModule(definition)).toThrow(
    expect.objectContaining({
      code: "FLAWLESS_CONTRACT_BROKEN",
      issues: [expect.objectContaining({ path })],
    }),
  );
});
