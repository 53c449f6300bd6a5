import { defineModule } from "@flawless-ts/wasm-module";
import type { activities, Order } from "./activities.ts";

export default defineModule({
  name: "orders",
  version: "1.0.0",
  workflows: {
    /** Charges an order, and waits up to three days for the message "delivered". */
    checkout: async (order: Order, context) => {
      const { charge } = context.activities<typeof activities>({ queue: "orders" });
      const { receipt } = await charge(order);
      const message = await context.receive("delivered", { timeout: "3 days" });
      return { receipt, delivered: message !== undefined };
    },
  },
});
