/** Stands in for the client of a payment service. */
export const payments = {
  async charge(payment: {
    readonly amount: number;
    /** A repeated call with the same key doesn't charge again. */
    readonly key: string;
    readonly signal: AbortSignal;
  }): Promise<
    | { readonly declined: false; readonly receipt: string }
    | { readonly declined: true; readonly reason: string }
  > {
    payment.signal.throwIfAborted();
    return payment.amount > 1_000
      ? { declined: true, reason: "limit" }
      : { declined: false, receipt: `receipt of ${payment.amount}` };
  },
};
