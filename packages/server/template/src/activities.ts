import { defineActivities } from "@flawless-ts/sdk";

/** What a customer has ordered. */
export interface Order {
  readonly id: string;
  readonly amount: number;
}

/**
 * What workflows do to the outside: a worker runs these functions in Node, with any package. One that fails, or whose worker
 * crashes, is run again with the same idempotency key.
 */
export const activities = defineActivities({
  charge: async (order: Order, { idempotencyKey }) => {
    // Call your payment provider here, and pass it the key: then it charges once, however often this runs.
    console.log(`charging ${order.amount} for order ${order.id} (${idempotencyKey})`);
    return { receipt: `receipt of ${order.id}` };
  },
});
