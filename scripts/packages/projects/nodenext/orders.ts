import { defineModule } from "@flawless-ts/wasm-module";

export default defineModule({
  name: "orders",
  version: "1.0.0",
  workflows: {
    checkout: async (order: { id: number }, context) => {
      await context.sleep("10 ms");
      return { reminded: order.id };
    },
    // Never run: a text that is not a duration must not compile.
    misspelled: async (_order: { id: number }, context) => {
      // @ts-expect-error -- "dayz" is no unit
      await context.sleep("3 dayz");
    },
  },
});
