import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, expectTypeOf, test } from "vitest";
import { ContractError } from "./contract-error.ts";
import {
  defineContract,
  type,
  type Contract,
  type InputOf,
  type MessageOf,
  type MessageTypes,
  type ResponseOf,
  type StateOf,
  type UntypedContract,
  type UpdateInputOf,
  type UpdateOutputOf,
  type UpdateTypes,
  type WorkflowNames,
} from "./contract.ts";

/** A schema whose input and output differ. */
declare const lengthOfText: StandardSchemaV1<string, number>;

const shop = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: {
    checkout: {
      input: type<{ readonly order: number }>(),
      response: type<{ readonly receipt: string }>(),
      messages: { approve: type<boolean>(), note: type<string>() },
    },
    nightly: {},
  },
});
type Shop = typeof shop;

describe("defineContract", () => {
  test("returns the definition", () => {
    expect(shop).toMatchObject({ name: "shop", version: "1.0.0" });
    expect(Object.keys(shop.workflows)).toEqual(["checkout", "nightly"]);
  });

  test("accepts callable schemas, like ArkType's", () => {
    const callable = Object.assign(() => true, type<string>());
    expect(
      defineContract({ name: "a", version: "1", workflows: { w: { input: callable } } }).workflows.w
        .input,
    ).toBe(callable);
  });

  test("refuses empty names and anything but a Standard Schema, with its path", () => {
    const noSchema = { parse: () => 1 } as unknown as StandardSchemaV1;
    const wrongDefinition: Contract = {
      name: "",
      version: 1 as unknown as string,
      workflows: { w: { input: noSchema, messages: { m: null as unknown as StandardSchemaV1 } } },
    };
    expect(() => defineContract(wrongDefinition)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_CONTRACT_BROKEN",
        direction: "definition",
        issues: ["$.name", "$.version", "$.workflows.w.input", "$.workflows.w.messages.m"].map(
          (path) => ({
            path,
            message: expect.any(String),
          }),
        ),
      }),
    );
    expect(() => defineContract(wrongDefinition)).toThrow(/Schema\.toStandardSchemaV1/);
  });
});

describe("type", () => {
  test("accepts every value unchanged", async () => {
    const value = { nested: [1, undefined, () => 1] };
    expect(await type<string>()["~standard"].validate(value)).toEqual({ value });
    expect(type()["~standard"]).toMatchObject({ version: 1, vendor: "flawless-ts" });
  });
});

test("types follow the contract", () => {
  expectTypeOf<WorkflowNames<Shop>>().toEqualTypeOf<"checkout" | "nightly">();
  expectTypeOf<InputOf<Shop, "checkout">>().toEqualTypeOf<{ readonly order: number }>();
  expectTypeOf<InputOf<Shop, "nightly">>().toEqualTypeOf<null | undefined>();
  expectTypeOf<ResponseOf<Shop, "checkout">>().toEqualTypeOf<{ readonly receipt: string }>();
  expectTypeOf<ResponseOf<Shop, "nightly">>().toEqualTypeOf<null>();
  expectTypeOf<MessageTypes<Shop, "checkout">>().toEqualTypeOf<"approve" | "note">();
  expectTypeOf<MessageTypes<Shop, "nightly">>().toEqualTypeOf<never>();
  expectTypeOf<MessageOf<Shop, "checkout", "approve">>().toEqualTypeOf<boolean>();
  expectTypeOf<Shop>().toExtend<Contract>();
});

test("a caller passes the schema's input side and gets a response's output side", () => {
  type Both = Contract<{
    w: {
      input: typeof lengthOfText;
      response: typeof lengthOfText;
      messages: { m: typeof lengthOfText };
    };
  }>;
  expectTypeOf<InputOf<Both, "w">>().toEqualTypeOf<string>();
  expectTypeOf<ResponseOf<Both, "w">>().toEqualTypeOf<number>();
  expectTypeOf<MessageOf<Both, "w", "m">>().toEqualTypeOf<string>();
});

test("an untyped contract accepts any name and value", () => {
  expectTypeOf<WorkflowNames<UntypedContract>>().toEqualTypeOf<string>();
  expectTypeOf<InputOf<UntypedContract, string>>().toEqualTypeOf<unknown>();
  expectTypeOf<ResponseOf<UntypedContract, string>>().toEqualTypeOf<unknown>();
  expectTypeOf<MessageTypes<UntypedContract, string>>().toEqualTypeOf<string>();
});

test("ContractError recognizes its own from other copies of the package, and nothing else", () => {
  const error = new ContractError({
    contract: "a 1",
    workflow: null,
    direction: "module",
    issues: [],
  });
  expect(ContractError.is(error)).toBe(true);
  expect(ContractError.is(new Error("no"))).toBe(false);
  expect(error).toMatchObject({ name: "ContractError", messageType: null, workflowId: null });
});

test("the types of updates and states follow the contract", () => {
  const lengthSchema: typeof lengthOfText = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => ({ value: String(value).length }),
    },
  };
  const cart = defineContract({
    name: "cart",
    version: "1.0.0",
    workflows: {
      shop: {
        updates: {
          add: { input: lengthSchema, output: type<{ readonly at: Date }>() },
          clear: {},
        },
        state: type<{ readonly at: Date }>(),
      },
      silent: {},
    },
  });
  type Cart = typeof cart;
  expectTypeOf<UpdateTypes<Cart, "shop">>().toEqualTypeOf<"add" | "clear">();
  expectTypeOf<UpdateTypes<Cart, "silent">>().toEqualTypeOf<never>();
  expectTypeOf<UpdateInputOf<Cart, "shop", "add">>().toEqualTypeOf<string>();
  expectTypeOf<UpdateInputOf<Cart, "shop", "clear">>().toEqualTypeOf<null | undefined>();
  expectTypeOf<UpdateOutputOf<Cart, "shop", "add">>().toEqualTypeOf<{ readonly at: string }>();
  expectTypeOf<UpdateOutputOf<Cart, "shop", "clear">>().toEqualTypeOf<null>();
  expectTypeOf<StateOf<Cart, "shop">>().toEqualTypeOf<{ readonly at: string }>();
  expectTypeOf<StateOf<Cart, "silent">>().toEqualTypeOf<unknown>();
  expectTypeOf<UpdateInputOf<UntypedContract, string, string>>().toEqualTypeOf<unknown>();
  expect(Object.keys(cart.workflows.shop.updates)).toEqual(["add", "clear"]);
});
