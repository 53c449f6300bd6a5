// A module of fifty lines: what the figures are about.
import { defineModule, FetchError, type WorkflowContext } from "@flawless-ts/wasm-module";

interface Order {
  readonly id: string;
  readonly amount: number;
  readonly shop: string;
}

async function pay(order: Order, context: WorkflowContext): Promise<boolean> {
  try {
    const body = JSON.stringify({ ...order, key: context.uuid() });
    const url = `${order.shop}/payments`;
    const { ok } = await context.fetch(url, { method: "POST", body, idempotent: true });
    return ok;
  } catch (error) {
    if (!FetchError.is(error)) throw error;
    console.error("the payment failed", error);
    return false;
  }
}

export default defineModule({
  name: "benchmark",
  version: "1.0.0",
  workflows: {
    /** Nine values and a log line, like the workflow of that name in Rust. */
    ten_steps: async () => {
      const randoms: number[] = [];
      const times: number[] = [];
      for (let step = 0; step < 9; step += 1) {
        if (step % 2 === 0) randoms.push(Math.random());
        else times.push(Date.now());
      }
      console.log("nine steps taken");
      return { randoms, times };
    },

    sleep_steps: async (input: { readonly count: number; readonly ms: number }, context) => {
      for (let step = 0; step < input.count; step += 1) await context.sleep(input.ms);
      return input.count;
    },

    checkout: async (order: Order, context) => {
      if (!(await pay(order, context))) return "declined";
      const decision = await context.receive(["approve", "reject"], { timeout: "3 days" });
      return decision?.type === "approve" ? "shipped" : "refunded";
    },
  },
});
