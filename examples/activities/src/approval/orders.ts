import { defineModule, defineWorkflow, type } from "@flawless-ts/wasm-module";
import type { activities, Order } from "./activities.ts";

const checkout = defineWorkflow({
  input: type<Order>(),
  response: type<string>(),
  messages: { approve: type<{ by: string }>() },
  run: async (order, context) => {
    const { charge, refund } = context.activities<typeof activities>({
      queue: "orders",
      timeout: "30 s",
      retry: { attempts: 5 },
    });
    const receipt = await charge(order);
    const approval = await context.receive("approve", { timeout: "3 days" });
    if (approval !== undefined) {
      return `approved by ${approval.by}`;
    }
    await refund(receipt);
    return "refunded";
  },
});

export default defineModule({ name: "orders", version: "1.0.0", workflows: { checkout } });
