import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import type { InputOf, ResponseOf } from "../contract.ts";
import { defineContract, type } from "../contract.ts";
import { defineModule, defineWorkflow } from "./define-module.ts";
import type { WorkflowContext } from "./workflow-context.ts";

// The compiler checks this file, too: an unnecessary `@ts-expect-error` is an error itself.

const name = "types";
const version = "1.0.0";

class Bill {
  readonly price: number = 5;
  readonly #tax: number = 1;
  total(): number {
    return this.price + this.#tax;
  }
}

interface Tree {
  readonly value: number;
  readonly children: readonly Tree[];
}
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Sku = string & { readonly brand: "sku" };

describe("inputs that arrive with their declared types", () => {
  const module = defineModule({
    name,
    version,
    workflows: {
      optional: async (i?: { a: number }) => i?.a ?? 0,
      orUndefined: async (i: { a: number } | undefined, context) => context.id ?? i?.a ?? 0,
      preset: async (i: { a: number } = { a: 7 }) => i.a,
      bare: async (i = { a: 7 }) => i.a,
      bareToo: async (i = 7, context) => context.id ?? i,
      destructured: async ({ a = 1 }: { a?: number } = {}) => a,
      rest: async (...[i]: [i?: number]) => i ?? 0,
      spread: async (...all: [input: string, context: WorkflowContext]) => all[0],
      union: async (i: { kind: "a"; a: string } | { kind: "b"; b: number }) => i.kind,
      nullable: async (i: { a: number | null; b?: string; c: string | undefined }) => i.a,
      maybeNull: async (i?: number | null) => i ?? 0,
      generic: async <T>(i: T) => typeof i,
      unknown: async (i: unknown) => typeof i,
      any: async (i: ReturnType<typeof JSON.parse>) => typeof i,
      nothing: async (_: undefined, context) => context.id,
      empty: async (i: void) => i,
      untyped: async (_i, context) => context.id,
      tree: async (i: Tree) => i.value,
      json: async (i?: Json) => i,
      sku: async (i: Sku) => i,
      exact: async (i: { id: number | bigint }) => i.id,
      readonly: async (i: readonly [a: string, b?: number]) => i[0],
      record: async (i: Readonly<Record<string, string[][]>>) => Object.keys(i),
      method(i: { a: number }) {
        return i.a;
      },
    },
  });
  type Module = typeof module;

  test("have the types that callers pass", () => {
    expectTypeOf<InputOf<Module, "optional">>().toEqualTypeOf<{ a: number } | undefined>();
    expectTypeOf<InputOf<Module, "orUndefined">>().toEqualTypeOf<{ a: number } | undefined>();
    expectTypeOf<InputOf<Module, "preset">>().toEqualTypeOf<{ a: number } | undefined>();
    expectTypeOf<InputOf<Module, "bare">>().toEqualTypeOf<{ a: number } | undefined>();
    expectTypeOf<InputOf<Module, "bareToo">>().toEqualTypeOf<number | undefined>();
    expectTypeOf<InputOf<Module, "destructured">>().toEqualTypeOf<{ a?: number } | undefined>();
    expectTypeOf<InputOf<Module, "rest">>().toEqualTypeOf<number | undefined>();
    expectTypeOf<InputOf<Module, "spread">>().toEqualTypeOf<string>();
    expectTypeOf<InputOf<Module, "maybeNull">>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<InputOf<Module, "generic">>().toEqualTypeOf<unknown>();
    expectTypeOf<InputOf<Module, "unknown">>().toEqualTypeOf<unknown>();
    expectTypeOf<InputOf<Module, "any">>().toEqualTypeOf<unknown>();
    expectTypeOf<InputOf<Module, "nothing">>().toEqualTypeOf<null | undefined>();
    expectTypeOf<InputOf<Module, "empty">>().toEqualTypeOf<null | undefined>();
    expectTypeOf<InputOf<Module, "untyped">>().toEqualTypeOf<null | undefined>();
    expectTypeOf<InputOf<Module, "tree">>().toEqualTypeOf<Tree>();
    expectTypeOf<InputOf<Module, "sku">>().toEqualTypeOf<Sku>();
    expectTypeOf<InputOf<Module, "exact">>().toEqualTypeOf<{ id: number | bigint }>();
    expectTypeOf<ResponseOf<Module, "exact">>().toEqualTypeOf<number | bigint>();
    expect(Object.keys(module.workflows)).toContain("optional");
  });
});

test("inputs that would arrive as something else do not compile", () => {
  const workflows = [
    // @ts-expect-error a Date arrives as text
    defineModule({ name, version, workflows: { w: async (i: { when: Date }) => i.when } }),
    // @ts-expect-error a small one arrives as a number
    defineModule({ name, version, workflows: { w: async (i: { id: bigint }) => i.id } }),
    // @ts-expect-error no Map arrives
    defineModule({ name, version, workflows: { w: async (i: Map<string, number>) => i.size } }),
    // @ts-expect-error no Set arrives
    defineModule({ name, version, workflows: { w: async (i: { s?: Set<string> }) => i.s?.size } }),
    // @ts-expect-error no Error arrives
    defineModule({ name, version, workflows: { w: async (i: { e: TypeError }) => i.e.message } }),
    // @ts-expect-error no RegExp arrives
    defineModule({ name, version, workflows: { w: async (i: [RegExp]) => i[0].source } }),
    // @ts-expect-error no bytes arrive
    defineModule({ name, version, workflows: { w: async (i: Uint8Array) => i.length } }),
    // @ts-expect-error no function arrives
    defineModule({ name, version, workflows: { w: async (i: { f: () => number }) => i.f() } }),
    // @ts-expect-error no methods arrive
    defineModule({ name, version, workflows: { w: async (i: Bill[]) => i[0]?.total() } }),
    // @ts-expect-error no Promise arrives
    defineModule({ name, version, workflows: { w: async (i: { p: Promise<1> }) => await i.p } }),
    // @ts-expect-error undefined in an array arrives as null
    defineModule({ name, version, workflows: { w: async (i: (string | undefined)[]) => i } }),
    // @ts-expect-error null arrives as undefined
    defineModule({ name, version, workflows: { w: async (i: { a: number } | null) => i?.a } }),
    // @ts-expect-error nor an optional one
    defineModule({ name, version, workflows: { w: async (i?: { at: Date }) => i?.at } }),
  ];
  expect(workflows).toHaveLength(13);
});

describe("responses", () => {
  test("have the types that JSON preserves", () => {
    const module = defineModule({
      name,
      version,
      workflows: {
        all: async () => ({
          at: new Date(0),
          id: 2n ** 60n,
          bill: new Bill(),
          url: new URL("a:b"),
          left: undefined as string | undefined,
          gaps: [1, undefined],
        }),
        fixed: () => ["a", 1n] as const,
        tree: async (): Promise<Tree> => ({ value: 1, children: [] }),
        maybe: async () => (Math.random() > 2 ? { a: 1 } : undefined),
        never: async () => {
          throw new Error("always");
        },
      },
    });
    type Module = typeof module;
    expectTypeOf<ResponseOf<Module, "all">>().toEqualTypeOf<{
      at: string;
      id: number | bigint;
      bill: { readonly price: number };
      url: string;
      left?: string;
      gaps: (number | null)[];
    }>();
    expectTypeOf<ResponseOf<Module, "fixed">>().toEqualTypeOf<readonly ["a", number | bigint]>();
    expectTypeOf<ResponseOf<Module, "tree">["children"][number]["value"]>().toEqualTypeOf<number>();
    expectTypeOf<ResponseOf<Module, "maybe">>().toEqualTypeOf<{ a: number } | null>();
    expect(Object.keys(module.workflows)).toHaveLength(5);
  });

  test("that JSON can't hold do not compile", () => {
    const workflows = [
      // @ts-expect-error a Map
      defineModule({ name, version, workflows: { w: async () => ({ m: new Map([["a", 1]]) }) } }),
      // @ts-expect-error a Set, from a function that is not async
      defineModule({ name, version, workflows: { w: () => [new Set(["a"])] } }),
      // @ts-expect-error an Error
      defineModule({ name, version, workflows: { w: async () => ({ e: new Error("x") }) } }),
      // @ts-expect-error a RegExp
      defineModule({ name, version, workflows: { w: async () => /x/ } }),
      // @ts-expect-error bytes
      defineModule({ name, version, workflows: { w: async () => ({ b: new Uint8Array(1) }) } }),
      // @ts-expect-error a function
      defineModule({ name, version, workflows: { w: async () => () => 1 } }),
      // @ts-expect-error a symbol
      defineModule({ name, version, workflows: { w: async () => [Symbol("a")] } }),
      // @ts-expect-error a Promise that nobody awaits
      defineModule({ name, version, workflows: { w: async () => [Promise.resolve(1)] } }),
      // @ts-expect-error a WeakMap
      defineModule({ name, version, workflows: { w: async () => new WeakMap() } }),
    ];
    expect(workflows).toHaveLength(9);
  });

  test("children's inputs are checked where they are sent", () => {
    const module = defineModule({
      name,
      version,
      workflows: {
        w: async (_i, context) => {
          // @ts-expect-error a Map
          context.respond({ m: new Map() });
          // @ts-expect-error an Error
          await context.start("child", [new Error("x")]);
          await context.start("child", { at: new Date(0), id: 1n, note: undefined });
          await context.start("child", {} as unknown);
          context.respond(undefined);
        },
      },
    });
    expect(module.name).toBe(name);
  });
});

describe("schemas of a workflow", () => {
  test("accept what arrives", () => {
    const ok = z.string();
    const module = defineModule({
      name,
      version,
      workflows: {
        converted: defineWorkflow({
          input: z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }),
          response: z.string().transform(Number),
          messages: { go: z.coerce.bigint(), at: type<{ at: Date }>() },
          run: async (input, context) => {
            expectTypeOf(input).toEqualTypeOf<{ at: Date }>();
            expectTypeOf(await context.receive("go")).toEqualTypeOf<bigint>();
            expectTypeOf(await context.receive("at")).toEqualTypeOf<{ at: string }>();
            return "5";
          },
        }),
        typed: defineWorkflow({
          input: type<{ at: Date } | undefined>(),
          response: type<{ at: Date }>(),
          run: async (input) => {
            expectTypeOf(input).toEqualTypeOf<{ at: string } | null>();
            return { at: new Date(0) };
          },
        }),
        either: defineWorkflow({
          input: z.union([z.int(), z.bigint()]),
          run: async () => undefined,
        }),
      },
    });
    type Module = typeof module;
    expectTypeOf<InputOf<Module, "converted">>().toEqualTypeOf<{ at: string }>();
    expectTypeOf<ResponseOf<Module, "converted">>().toEqualTypeOf<number>();
    expectTypeOf<InputOf<Module, "typed">>().toEqualTypeOf<{ at: Date } | undefined>();
    expectTypeOf<ResponseOf<Module, "typed">>().toEqualTypeOf<{ at: string }>();

    const run = async (): Promise<undefined> => undefined;
    const refused = [
      // @ts-expect-error a Date arrives as text
      defineWorkflow({ input: z.object({ at: z.date() }), run }),
      // @ts-expect-error a Map
      defineWorkflow({ input: z.map(ok, ok), run }),
      // @ts-expect-error a small one arrives as a number
      defineWorkflow({ messages: { go: z.bigint() }, run }),
      // @ts-expect-error a Set
      defineWorkflow({ messages: { go: type<{ all: Set<string> }>() }, run }),
      // @ts-expect-error a Date arrives as text
      defineWorkflow({ response: z.date(), run: async () => new Date() }),
      // @ts-expect-error a Map
      defineWorkflow({ response: type<Map<string, string>>(), run: async () => new Map() }),
    ];
    expect(refused).toHaveLength(6);
  });
});

describe("an early response", () => {
  test("has the type that the response's schema takes", () => {
    const nothing = defineWorkflow({
      run: async (_input, context) => {
        const answers = [
          () => context.respond(null),
          // @ts-expect-error there is no schema for a response: the caller expects none
          () => context.respond("early"),
        ];
        expect(answers).toHaveLength(2);
      },
    });
    const module = defineModule({
      name,
      version,
      workflows: {
        nothing,
        total: defineWorkflow({
          response: z.object({ total: z.number().transform(String) }),
          run: async (_input, context) => {
            const answers = [
              () => context.respond({ total: 5 }),
              // @ts-expect-error text where the schema takes a number
              () => context.respond({ total: "5" }),
              // @ts-expect-error nothing
              () => context.respond(null),
            ];
            expect(answers).toHaveLength(3);
            return { total: 7 };
          },
        }),
        any: async (_input: undefined, context: WorkflowContext) => context.respond([1]),
      },
    });
    expectTypeOf<ResponseOf<typeof module, "total">>().toEqualTypeOf<{ total: string }>();
    expectTypeOf<ResponseOf<typeof module, "any">>().toEqualTypeOf<boolean>();
  });
});

describe("contracts of foreign modules", () => {
  test("take what can be sent, and return what arrives", () => {
    const contract = defineContract({
      name,
      version,
      workflows: {
        w: {
          input: z.object({ at: z.date(), tags: z.set(z.string()).transform((tags) => [...tags]) }),
          response: type<{ readonly at: Date; readonly id: bigint }>(),
          messages: { go: type<{ at: Date }>() },
        },
        nothing: {},
      },
    });
    type C = typeof contract;
    expectTypeOf<InputOf<C, "w">>().toEqualTypeOf<{ at: Date; tags: Set<string> }>();
    expectTypeOf<ResponseOf<C, "w">>().toEqualTypeOf<{
      readonly at: string;
      readonly id: number | bigint;
    }>();

    const set = z.set(z.string());
    const refused = [
      // @ts-expect-error a Set can't be sent
      defineContract({ name, version, workflows: { w: { input: set } } }),
      // @ts-expect-error nor as a message
      defineContract({ name, version, workflows: { w: { messages: { go: z.object({ set }) } } } }),
      // @ts-expect-error a Map can't be sent
      defineContract({ name, version, workflows: { w: { input: type<Map<string, 1>>() } } }),
      // @ts-expect-error no Date is in a response
      defineContract({ name, version, workflows: { w: { response: z.object({ at: z.date() }) } } }),
      // @ts-expect-error no Error is in a response
      defineContract({ name, version, workflows: { w: { response: type<{ e: Error }>() } } }),
    ];
    expect(refused).toHaveLength(5);
  });
});
