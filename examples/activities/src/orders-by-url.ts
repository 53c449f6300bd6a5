import { defineModule, defineWorkflow, type } from "@flawless-ts/wasm-module";
import type { activities, Order } from "./activities.ts";

const checkout = defineWorkflow({
  input: type<{ readonly order: Order; readonly url: string; readonly authorization: string }>(),
  response: type<{ readonly receipt: string }>(),
  run: async ({ order, url, authorization }, context) => {
    const { charge } = context.activities<typeof activities>({ url, headers: { authorization } });
    return await charge(order);
  },
});

export default defineModule({ name: "orders-by-url", version: "1.0.0", workflows: { checkout } });
