import { defineActivities, defineActivity, type } from "@flawless-ts/wasm-module";

/** Activities of the tests, whose types alone the module beside has. */
export const activities = defineActivities({
  charge: async ({ amount }: { readonly amount: number }) => ({ receipt: `paid ${amount}` }),
  ship: defineActivity({ input: type<string>(), output: type<string>(), run: (to) => `to ${to}` }),
});
