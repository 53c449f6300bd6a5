import { defineModule, defineWorkflow, type } from "@flawless-ts/wasm-module";
import * as z from "zod/mini";

/** Schemas whose input and output differ, so that applying one twice, or not at all, is visible. */
const exclaimed = z.pipe(
  z.string(),
  z.transform((text: string) => `${text}!`),
);
const counted = z.pipe(
  z.string(),
  z.transform((text: string) => text.length),
);

/** Workflows that return what they got. */
export default defineModule({
  name: "values",
  version: "1.0.0",
  workflows: {
    echo: async (input: unknown, context) => {
      const next = await context.receive("next");
      return { input, next, types: [typeof input, typeof next] };
    },
    parent: async (input: unknown, context) => {
      await context.start("report", input);
    },
    report: async (input: unknown, context) => {
      await context.fetch("https://a.example/report", { method: "POST", body: String(input) });
    },
    optional: async (input?: { readonly a: number }) => input?.a ?? "nothing",
    preset: async (input: { readonly a: number } = { a: 7 }) => input.a,
    destructured: async ({ a = 1, b }: { a?: number; b?: string } = {}) => `${a} ${b}`,
    lossy: async (input: { readonly kind: "NaN" | "late" }, context) => {
      const value: { readonly list: readonly number[] } = { list: [1, Number.NaN] };
      if (input.kind === "NaN") return value;
      context.respond({ ok: true });
      return { list: [1n] };
    },
    deep: async (levels: number) => {
      let value: unknown = 0;
      for (let level = 0; level < levels; level += 1) value = [value];
      return value;
    },
    schemas: defineWorkflow({
      input: z.object({ text: exclaimed, left: z._default(z.string(), "default") }),
      messages: { count: counted },
      response: z.object({ said: exclaimed, counted: z.number() }),
      run: async (input, context) => ({
        said: `${input.text} ${input.left}`,
        counted: await context.receive("count"),
      }),
    }),
    defaults: defineWorkflow({
      input: z._default(z.object({ a: z.number() }), { a: 7 }),
      response: z.optional(z.number()),
      run: async (input) => (input.a === 7 ? undefined : input.a),
    }),
    dated: defineWorkflow({
      input: type<{ readonly at: Date }>(),
      response: type<{ readonly at: Date; readonly got: string }>(),
      run: async (input) => ({ at: new Date(input.at), got: input.at }),
    }),
  },
});
