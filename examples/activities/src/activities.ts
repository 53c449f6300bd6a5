import { ApplicationFailure, defineActivities, defineActivity } from "@flawless-ts/sdk";
import * as z from "zod/mini";
import { payments } from "./payments.ts";

export interface Order {
  readonly id: string;
  readonly amount: number;
}

export const activities = defineActivities({
  charge: async (order: Order, activity) => {
    const { idempotencyKey: key, signal } = activity;
    const answer = await payments.charge({ amount: order.amount, key, signal });
    if (answer.declined) {
      throw new ApplicationFailure("The card was declined.", {
        details: { reason: answer.reason },
        nonRetryable: true,
      });
    }
    return { receipt: answer.receipt };
  },

  ship: defineActivity({
    input: z.object({ order: z.string(), parcels: z.number() }),
    output: z.object({ tracking: z.array(z.string()) }),
    retry: { attempts: 3, initialDelay: "10 s" },
    heartbeatTimeout: "1 minute",
    run: async ({ order, parcels }, activity) => {
      // What the previous attempt had already done.
      const tracking = (activity.lastDetails as string[] | undefined) ?? [];
      for (let parcel = tracking.length + 1; parcel <= parcels; parcel += 1) {
        activity.signal.throwIfAborted();
        tracking.push(`${order}-${parcel}`);
        activity.heartbeat(tracking);
      }
      return { tracking };
    },
  }),
});
