import { defineActivities } from "@flawless-ts/sdk";

export interface Order {
  readonly id: string;
  readonly amount: number;
}

export const activities = defineActivities({
  charge: async (order: Order) => `receipt of ${order.id}`,
  refund: async (receipt: string) => void receipt,
});
