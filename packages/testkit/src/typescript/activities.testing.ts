import { defineActivities, defineActivity, type } from "@flawless-ts/wasm-module";

/** The tests' activities; the module next to this file uses only their types. */
export const activities = defineActivities({
  charge: async ({ amount }: { readonly amount: number }) => ({ receipt: `paid ${amount}` }),
  ship: defineActivity({ input: type<string>(), output: type<string>(), run: (to) => `to ${to}` }),
});
