/** The prefix of an idempotency key that is used instead of a workflow's id. */
export const keyPrefix = "key:";
