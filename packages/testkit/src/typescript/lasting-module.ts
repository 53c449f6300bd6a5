import { defineModule, defineWorkflow, type } from "@flawless-ts/wasm-module";

const world = "https://world.example";

/** Long-lived workflows: their published state, how they continue as new, and how they fail. */
export default defineModule({
  name: "lasting",
  version: "1.0.0",
  workflows: {
    /** Counts messages, and continues as new after each. */
    counter: defineWorkflow({
      input: type<{ readonly sum: number; readonly rounds: number }>(),
      response: type<{ readonly sum: number; readonly run: number }>(),
      state: type<{ readonly sum: number }>(),
      messages: { add: type<number>() },
      run: async ({ sum, rounds }, context) => {
        context.setState({ sum });
        if (rounds === 0) return { sum, run: context.details.run };
        const added = await context.receive("add");
        return context.continueAsNew({ sum: sum + added, rounds: rounds - 1 });
      },
    }),

    /** Changes its labels, and starts a child that has some. */
    labelled: async (order: { readonly customer: string }, context) => {
      const before = context.labels();
      const after = context.labels({ customer: order.customer, draft: null });
      const child = await context.start("labelledChild", undefined, {
        labels: { of: order.customer },
      });
      return { before, after, child: await child.result() };
    },
    labelledChild: async (_input: undefined, context) => context.labels(),

    /** A cart that accepts updates until it is closed. */
    cart: defineWorkflow({
      response: type<readonly string[]>(),
      state: type<{ readonly items: number }>(),
      messages: { close: type<null>() },
      updates: {
        addItem: {
          input: type<{ readonly sku: string }>(),
          output: type<{ readonly items: number }>(),
        },
      },
      run: async (_, context) => {
        const items: string[] = [];
        for (;;) {
          const received = await context.receive(["addItem", "close"]);
          if (received.type === "close") return items;
          if (items.includes(received.data.sku)) {
            received.reject(new RangeError("it is in the cart already"));
            continue;
          }
          await context.fetch(`${world}/reserve`, { method: "POST", idempotent: true });
          items.push(received.data.sku);
          context.setState({ items: items.length });
          received.reply({ items: items.length });
        }
      },
    }),

    fails: async (how: string, context) => {
      const inner = new TypeError("the innermost");
      if (how === "a chain") {
        throw new Error("outer", { cause: new RangeError("middle", { cause: inner }) });
      }
      if (how === "several") throw new AggregateError([inner, new Error("other")], "both");
      if (how === "any") {
        await Promise.any([context.fetch(`${world}/broken`), context.fetch(`${world}/broken`)]);
      }
      // oxlint-disable-next-line no-throw-literal
      throw { code: 7 };
    },
  },
});
