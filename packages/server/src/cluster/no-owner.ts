import { EngineError } from "../errors.ts";

/** What is answered where a partition has no owner that can be reached. Nothing was done. */
export function noOwner(partition: number, cause?: unknown): EngineError {
  return new EngineError(
    "NO_OWNER",
    `No node runs partition ${partition} at the moment, or the one that does can't be reached. Nothing was done: send the request again.`,
    { cause },
  );
}

/** Whether an engine says that it was stopped. */
export function isClosed(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code === "CLOSED";
}
