import * as z from "zod/mini";
import { defineModule, defineWorkflow } from "@flawless-ts/wasm-module";

export declare enum Color {
  Red = "red",
  Blue = "blue",
}
export declare enum Level {
  Low = 1,
  High = 2,
}
export type Status = "open" | "closed";
export type Id = string | number;
export type Sku = string & { readonly brand: "sku" };
export interface Tree {
  readonly value: number;
  readonly children: readonly Tree[];
  readonly parent?: Tree | undefined;
}
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type List = List[];

export class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
  toJSON(): { readonly amount: string } {
    return { amount: (this.cents / 100).toFixed(2) };
  }
  double(): Money {
    return new Money(this.cents * 2);
  }
}

interface Hidden {
  readonly "two words": boolean;
  readonly 7: null;
}

/** Values that arrive in another form than they were sent. */
interface Bill {
  readonly at: Date;
  readonly price: Money;
  readonly serial: bigint;
}

/** Every kind of type there is. */
export interface Everything {
  readonly color: Color;
  readonly level: Level;
  readonly status: Status;
  readonly id: Id;
  readonly sku: Sku;
  readonly hidden: Hidden;
  readonly optional?: string;
  readonly maybe: number | undefined;
  readonly nullable: Status | null;
  readonly anything: unknown;
  readonly pair: readonly [name: string, count?: number];
  readonly many: readonly [string, ...number[]];
  readonly list: ReadonlyArray<Status | null>;
  readonly record: Readonly<Record<string, Hidden>>;
  readonly pattern: `order-${string}`;
  readonly quoted: 'it\'s "a" `b` ${c} \\ \n';
  readonly flag: true;
  readonly minus: -1.5;
}

const order = z.object({ id: z.string(), amount: z.optional(z.number()) });

export default defineModule({
  name: "every-type",
  version: "1.0.0",
  workflows: {
    everything: async (input: Everything) => input,
    tree: async (input: Tree): Promise<Json> => input.value,
    "two words": async (input: List) => input.length,
    nothing: async () => undefined,
    bill: async (): Promise<Bill> => ({ at: new Date(0), price: new Money(5), serial: 2n ** 60n }),
    numbers: async (input: { readonly ids: readonly (number | bigint)[] }) => input.ids.length,
    optional: async (input?: Hidden) => input?.[7] ?? null,
    preset: async ({ count }: { count: number } = { count: 1 }) => count,
    open: async (input: ReturnType<typeof JSON.parse>) => input as string,
    schemas: defineWorkflow({
      input: order,
      response: z.union([z.literal("yes"), z.null()]),
      messages: { approve: z.object({ by: z.string() }), "not yet": z.null() },
      run: async () => "yes" as const,
    }),
  },
});
