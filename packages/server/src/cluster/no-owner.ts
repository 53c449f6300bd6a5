import { EngineError } from "../errors.ts";

/** The error if a partition has no reachable owner. Nothing was done. */
export function noOwner(partition: number, cause?: unknown): EngineError {
  return new EngineError(
    "NO_OWNER",
    `No node runs partition ${partition} at the moment, or the one that does can't be reached. Nothing was done: send the request again.`,
    { cause },
  );
}

/** Whether the error says that an engine was stopped. */
export function isClosed(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code === "CLOSED";
}
