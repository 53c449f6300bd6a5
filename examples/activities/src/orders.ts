import { ActivityError, defineModule, defineWorkflow, type } from "@flawless-ts/wasm-module";
import type { activities, Order } from "./activities.ts";

type Outcome =
  | { readonly status: "shipped"; readonly receipt: string; readonly tracking: readonly string[] }
  | { readonly status: "failed"; readonly activity: string; readonly why: string };

const checkout = defineWorkflow({
  input: type<Order>(),
  response: type<Outcome>(),
  run: async (order, context): Promise<Outcome> => {
    const { charge, ship } = context.activities<typeof activities>({
      queue: "orders",
      timeout: "30 s",
      retry: { attempts: 5, initialDelay: "1 s", factor: 2, maxDelay: "1 minute" },
    });
    try {
      const { receipt } = await charge(order);
      const { tracking } = await ship({ order: order.id, parcels: 2 });
      return { status: "shipped", receipt, tracking };
    } catch (error) {
      if (!ActivityError.is(error)) throw error;
      return { status: "failed", activity: error.activity, why: error.message };
    }
  },
});

export default defineModule({ name: "orders", version: "1.0.0", workflows: { checkout } });
