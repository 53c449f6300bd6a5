import { ApplicationFailure, defineActivities } from "@flawless-ts/sdk";

/** What a customer has ordered. */
export interface Order {
  readonly id: string;
  readonly amount: number;
  /** The base URL of the shop's services. */
  readonly shop: string;
}

/**
 * The parts of a workflow that talk to the outside world: a worker runs them, and they may do anything that Node can.
 */
export const activities = defineActivities({
  charge: async (order: Order, { idempotencyKey, signal }) => {
    const status = await post(order, "payments", { amount: order.amount }, idempotencyKey, signal);
    if (status === 402) {
      throw new ApplicationFailure("The card was declined.", { nonRetryable: true });
    }
    return { receipt: `receipt of ${order.id}` };
  },

  reserve: async (order: Order, { idempotencyKey, signal }) => {
    await post(order, "reservations", {}, idempotencyKey, signal);
  },

  ship: async (
    { order, approvedBy }: { readonly order: Order; readonly approvedBy: string },
    { idempotencyKey, signal },
  ) => {
    await post(order, "parcels", { approvedBy }, idempotencyKey, signal);
    return { tracking: `parcel of ${order.id}` };
  },

  remind: async (order: Order, { idempotencyKey, signal }) => {
    await post(order, "reminders", {}, idempotencyKey, signal);
  },

  /** Does no harm if nothing was paid. */
  refund: async (order: Order, { idempotencyKey, signal }) => {
    await post(order, "refunds", {}, idempotencyKey, signal);
  },

  /** Does no harm if nothing was reserved. */
  release: async (order: Order, { idempotencyKey, signal }) => {
    await post(order, "releases", {}, idempotencyKey, signal);
  },
});

/** The key is the same for all attempts, so that the shop recognizes repeated requests. */
async function post(
  { id, shop }: Order,
  path: string,
  body: object,
  key: string,
  signal: AbortSignal,
): Promise<number> {
  const response = await fetch(`${shop}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ order: id, ...body }),
    signal,
  });
  await response.body?.cancel();
  // Thrown errors are retried.
  if (response.status >= 500) throw new Error(`The shop answered ${path} with ${response.status}.`);
  return response.status;
}
