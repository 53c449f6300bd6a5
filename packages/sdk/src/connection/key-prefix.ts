/** What stands before an idempotency key where a workflow is named by it, in place of its id. */
export const keyPrefix = "key:";
